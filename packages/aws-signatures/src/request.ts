import type { IncomingMessage } from 'node:http';

/** Header values by lower-case name; a repeated header is an array. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a signature covers of an HTTP request. */
export interface SignedRequest {
  readonly method: string;
  /** Path as received: percent-encoded, without the query. */
  readonly rawPath: string;
  /** Query as received, without the `?`; empty when there is none. */
  readonly rawQuery: string;
  readonly headers: Headers;
}

/** What `lookup` tells about an access key. */
export interface KeyHolder<T> {
  readonly secretKey: string;
  readonly principal: T;
}

/** Resolves an access key id; undefined when it is unknown or inactive. */
export type KeyLookup<T> = (accessKeyId: string) => Promise<KeyHolder<T> | undefined>;

/** The request as it stood on the wire, repeated headers kept apart. */
export function signedRequestOf(message: IncomingMessage): SignedRequest {
  const [rawPath, rawQuery] = splitTarget(message.url ?? '/');
  return { method: message.method ?? 'GET', rawPath, rawQuery, headers: message.headersDistinct };
}

/** Splits a request target at its first `?`; drops scheme and authority of an absolute one. */
export function splitTarget(target: string): [rawPath: string, rawQuery: string] {
  const local = /^https?:\/\/[^/?]*/i.exec(target)?.[0] ?? '';
  const rest = target.slice(local.length);
  const mark = rest.indexOf('?');
  const path = mark === -1 ? rest : rest.slice(0, mark);
  return [path === '' ? '/' : path, mark === -1 ? '' : rest.slice(mark + 1)];
}

/** All values of a header joined as the signature versions want it; undefined when absent. */
export function headerValue(headers: Headers, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return Array.isArray(value) ? value.join(',') : value;
}
