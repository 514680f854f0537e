import { headerValue, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { StoredObject } from '../storage/objects.js';
import type { Precondition } from '../storage/write-version.js';

type Validators = Pick<StoredObject, 'etag' | 'lastModified'>;

/** Which header carries which condition; copies use their own names. */
export interface ConditionHeaders {
  readonly ifMatch: string;
  readonly ifNoneMatch: string;
  readonly ifModifiedSince: string;
  readonly ifUnmodifiedSince: string;
}

export const READ_CONDITIONS: ConditionHeaders = {
  ifMatch: 'if-match',
  ifNoneMatch: 'if-none-match',
  ifModifiedSince: 'if-modified-since',
  ifUnmodifiedSince: 'if-unmodified-since',
};

export const COPY_CONDITIONS: ConditionHeaders = {
  ifMatch: 'x-amz-copy-source-if-match',
  ifNoneMatch: 'x-amz-copy-source-if-none-match',
  ifModifiedSince: 'x-amz-copy-source-if-modified-since',
  ifUnmodifiedSince: 'x-amz-copy-source-if-unmodified-since',
};

/** RFC 9110 section 13.2: `ok`, `not-modified` (the copy the client has is good), or `failed`. */
export function evaluate(
  object: Validators,
  headers: Headers,
  names = READ_CONDITIONS,
): 'ok' | 'not-modified' | 'failed' {
  const ifMatch = headerValue(headers, names.ifMatch);
  const ifUnmodified = dateOf(headerValue(headers, names.ifUnmodifiedSince));
  const modified = Math.floor(object.lastModified.getTime() / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!listsEtag(ifMatch, object.etag)) return 'failed';
  } else if (ifUnmodified !== undefined && modified > ifUnmodified) return 'failed';
  const ifNoneMatch = headerValue(headers, names.ifNoneMatch);
  const ifModified = dateOf(headerValue(headers, names.ifModifiedSince));
  if (ifNoneMatch !== undefined) return listsEtag(ifNoneMatch, object.etag) ? 'not-modified' : 'ok';
  return ifModified !== undefined && modified <= ifModified ? 'not-modified' : 'ok';
}

/** `If-Range` (RFC 9110 section 13.1.5): whether the range is of the object the client knows; else it gets the whole of the new one. */
export function rangeHolds(object: Validators, headers: Headers): boolean {
  const validator = headerValue(headers, 'if-range')?.trim();
  if (validator === undefined) return true;
  return validator === `"${object.etag}"` || validator === object.lastModified.toUTCString();
}

/** `If-Match` and `If-None-Match` of a write; undefined when it has none. */
export function writePrecondition(headers: Headers): Precondition | undefined {
  const ifMatch = headerValue(headers, 'if-match');
  const ifNoneMatch = headerValue(headers, 'if-none-match');
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined;
  return (existing) => {
    if (ifMatch !== undefined && existing === undefined) {
      throw new MalleeError('NoSuchKey', 'The specified key does not exist.');
    }
    const matches = ifMatch === undefined || (existing !== undefined && listsEtag(ifMatch, existing.etag));
    const absent = ifNoneMatch === undefined || existing === undefined || !listsEtag(ifNoneMatch, existing.etag);
    if (!matches || !absent) throw preconditionFailed();
  };
}

/** Conditions of a DELETE: `If-Match`, and the size and time the object must have. */
export function deletePrecondition(headers: Headers): Precondition | undefined {
  return valuePrecondition({
    etag: headerValue(headers, 'if-match'),
    lastModified: headerValue(headers, 'x-amz-if-match-last-modified-time'),
    size: headerValue(headers, 'x-amz-if-match-size'),
  });
}

/** The same, as multi-object delete writes them. */
export function valuePrecondition(wanted: {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly size: string | undefined;
}): Precondition | undefined {
  const { etag, lastModified, size } = wanted;
  if (etag === undefined && lastModified === undefined && size === undefined) return undefined;
  return (existing) => {
    if (existing === undefined) throw new MalleeError('NoSuchKey', 'The specified key does not exist.');
    if (etag !== undefined && !listsEtag(etag, existing.etag)) throw preconditionFailed();
    if (size !== undefined && size.trim() !== String(existing.size)) throw preconditionFailed();
    const seconds = Math.floor(existing.lastModified.getTime() / 1000) * 1000;
    if (lastModified !== undefined && dateOf(lastModified) !== seconds) throw preconditionFailed();
  };
}

export function preconditionFailed(): MalleeError {
  return new MalleeError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}

function listsEtag(header: string, etag: string): boolean {
  return header.split(',').some((item) => {
    const text = item.trim().replace(/^W\//, '');
    return text === '*' || text === etag || text === `"${etag}"`;
  });
}

function dateOf(text: string | undefined): number | undefined {
  const at = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
