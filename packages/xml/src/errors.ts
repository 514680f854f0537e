import { MalleeError } from '@mallee/errors';

/** Throws Wire.MalformedXml. `offset` counts characters from the start of the (line-end normalised) document. */
export function malformed(what: string, offset?: number): never {
  throw new MalleeError('Wire.MalformedXml', offset === undefined ? what : `${what} (at character ${offset})`);
}

/** Throws Wire.LimitExceeded naming the limit, so that an operator knows which one to raise. */
export function limitExceeded(limit: string, value: number): never {
  throw new MalleeError('Wire.LimitExceeded', `the document exceeds ${limit} = ${value}`, {
    details: { limit, value },
  });
}
