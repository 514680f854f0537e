import { createHmac } from 'node:crypto';
import { v2CanonicalParameters, v2Signature } from './ec2-v2.js';
import type { Headers } from './request.js';
import { s3V2Text } from './s3-v2-text.js';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretKey: string;
}

export interface QueryToSign {
  readonly method: 'GET' | 'POST';
  /** As the client will send it, with the port unless it is the default one. */
  readonly host: string;
  readonly path: string;
  /** Without the signature parameters; `Action` and `Version` included. */
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>;
}

/** The parameters of a Query API request completed by a V2 signature (HmacSHA256). */
export function signEc2QueryV2(
  query: QueryToSign,
  credentials: Credentials,
  now: Date,
): [name: string, value: string][] {
  const parameters: [string, string][] = [
    ...query.parameters.map(([name, value]): [string, string] => [name, value]),
    ['AWSAccessKeyId', credentials.accessKeyId],
    ['SignatureMethod', 'HmacSHA256'],
    ['SignatureVersion', '2'],
    ['Timestamp', now.toISOString().replace(/\.\d{3}Z$/, 'Z')],
  ];
  const text = [query.method, query.host, query.path, v2CanonicalParameters(parameters)].join('\n');
  return [...parameters, ['Signature', v2Signature('sha256', credentials.secretKey, text)]];
}

export interface S3ToSign {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** Lower-case names; must have `date` or `x-amz-date`. */
  readonly headers: Headers;
}

/** The value of the Authorization header of an S3 V2 request. */
export function signS3V2(request: S3ToSign, credentials: Credentials): string {
  const text = s3V2Text(request, request.rawPath, undefined);
  return `AWS ${credentials.accessKeyId}:${hmacSha1(credentials.secretKey, text)}`;
}

/** The query of a V2 presigned URL: the given query, then AWSAccessKeyId, Expires and Signature. */
export function presignS3V2(request: S3ToSign, credentials: Credentials, expires: Date): string {
  const seconds = String(Math.floor(expires.getTime() / 1000));
  const signature = hmacSha1(credentials.secretKey, s3V2Text(request, request.rawPath, seconds));
  const added = new URLSearchParams({
    AWSAccessKeyId: credentials.accessKeyId,
    Expires: seconds,
    Signature: signature,
  });
  return [request.rawQuery, added.toString()].filter((part) => part !== '').join('&');
}

function hmacSha1(secretKey: string, text: string): string {
  return createHmac('sha1', secretKey).update(text, 'utf8').digest('base64');
}
