import { MalleeError } from '@mallee/errors';

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Absent on the last page. */
  readonly nextToken: string | undefined;
}

/**
 * One page of rows ordered by `key`. The token holds the key of the last row shown, so a listing goes on correctly when
 * rows appear or vanish between two pages.
 * @throws InvalidNextToken
 */
export function paginate<Row>(
  rows: readonly Row[],
  key: (row: Row) => string,
  { MaxResults, NextToken }: { MaxResults?: number | undefined; NextToken?: string | undefined },
): Page<Row> {
  const after = NextToken === undefined ? undefined : decodeToken(NextToken);
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = [...rows].sort((a, b) => compare(key(a), key(b)));
  const rest = after === undefined ? sorted : sorted.filter((row) => key(row) > after);
  if (MaxResults === undefined || rest.length <= MaxResults) return { rows: rest, nextToken: undefined };
  const shown = rest.slice(0, MaxResults);
  return { rows: shown, nextToken: encodeToken(key(shown.at(-1)!)) };
}

const mark = 'm1:';

function encodeToken(key: string): string {
  return Buffer.from(mark + key).toString('base64url');
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(mark) || encodeToken(text.slice(mark.length)) !== token) {
    throw new MalleeError('InvalidNextToken', 'The NextToken was not given out by this service');
  }
  return text.slice(mark.length);
}
