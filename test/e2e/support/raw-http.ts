import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { presignV4, signEc2QueryV2, signV4, type Credentials } from '@mallee/aws-signatures';

export interface RawAnswer {
  readonly status: number;
  /** Content of the first `<Code>` (EC2, S3) or of the code in the detail of a SOAP fault. */
  readonly code: string | undefined;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** Sends exactly these bytes. An answer counts even if the server closes before it has taken the whole body. */
export function send(url: string, { method = 'POST', headers = {}, body = '' }: RawRequest = {}): Promise<RawAnswer> {
  const bytes = Buffer.from(body);
  return new Promise((resolve, reject) => {
    let answered = false;
    const options = { method, agent: false, headers: { 'content-length': bytes.length, ...headers }, timeout: 30_000 };
    const request = httpRequest(url, options, (response) => {
      answered = true;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const code = /<(?:\w+:)?Code>([^<]+)</.exec(text)?.[1];
        resolve({ status: response.statusCode ?? 0, code, text });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${url}`)));
    request.on('error', (error) => {
      if (!answered) reject(error);
    });
    request.end(bytes);
  });
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const VERSION = '2014-06-15';

/** One change to a request after it was signed. */
export type Tamper = (form: URLSearchParams) => void;

/** An EC2 action signed by Signature V2. */
export async function ec2V2(
  base: string,
  credentials: Credentials,
  action: string,
  { parameters = {}, now = new Date(), tamper = () => undefined }: QueryWishes = {},
): Promise<RawAnswer> {
  const all: [string, string][] = [['Action', action], ['Version', VERSION], ...Object.entries(parameters)];
  const query = { method: 'POST' as const, host: new URL(base).host, path: '/', parameters: all };
  const form = new URLSearchParams(signEc2QueryV2(query, credentials, now));
  tamper(form);
  return send(`${base}/`, { headers: FORM, body: form.toString() });
}

export interface QueryWishes {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly now?: Date;
  readonly tamper?: Tamper;
}

/** A Query request signed by Signature V2 whose Expires, among the parameters, takes the place of Timestamp. */
export async function ec2V2Expires(
  base: string,
  { accessKeyId, secretKey }: Credentials,
  parameters: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const fixed = { AWSAccessKeyId: accessKeyId, SignatureMethod: 'HmacSHA256', SignatureVersion: '2' };
  const pairs = Object.entries({ ...parameters, ...fixed }).map(([name, value]) => [name, encodeURIComponent(value)]);
  const query = pairs
    .map((pair) => pair.join('='))
    .sort()
    .join('&');
  const text = ['GET', new URL(base).host, '/', query].join('\n');
  const signature = createHmac('sha256', secretKey).update(text).digest('base64');
  return send(`${base}/?${query}&Signature=${encodeURIComponent(signature)}`, { method: 'GET' });
}

/** An EC2 action signed by Signature V4 in headers. */
export async function ec2V4(
  base: string,
  credentials: Credentials,
  action: string,
  { parameters = {}, now = new Date(), tamper = () => undefined }: QueryWishes = {},
): Promise<RawAnswer> {
  const form = new URLSearchParams({ Action: action, Version: VERSION, ...parameters });
  const headers = { host: new URL(base).host, ...FORM };
  const toSign = { method: 'POST', rawPath: '/', rawQuery: '', headers, region: 'mallee', service: 'ec2' };
  const added = signV4({ ...toSign, payloadHash: sha256(form.toString()) }, credentials, now);
  tamper(form);
  return send(`${base}/`, { headers: { ...headers, ...added }, body: form.toString() });
}

/** An S3 request signed by Signature V4 in headers; `target` is the path with its query. */
export async function s3V4(
  base: string,
  credentials: Credentials,
  target: string,
  { method = 'POST', body = '', sent = body, now = new Date() }: S3Wishes = {},
): Promise<RawAnswer> {
  const [rawPath = '/', rawQuery = ''] = target.split('?', 2);
  const headers = { host: new URL(base).host };
  const toSign = { method, rawPath, rawQuery, headers, region: 'mallee', service: 's3', payloadHash: sha256(body) };
  return send(base + target, { method, headers: { ...headers, ...signV4(toSign, credentials, now) }, body: sent });
}

export interface S3Wishes extends RawRequest {
  readonly now?: Date;
  /** What is sent instead of the body that was signed. */
  readonly sent?: Buffer | string;
}

/** The answer to a GET of a presigned S3 URL that was valid for a minute from `now` on. */
export async function s3Presigned(base: string, credentials: Credentials, path: string, now: Date): Promise<RawAnswer> {
  const headers = { host: new URL(base).host };
  const toSign = { method: 'GET', rawPath: path, rawQuery: '', headers, region: 'mallee', service: 's3' };
  return send(`${base}${path}?${presignV4(toSign, credentials, now, 60)}`, { method: 'GET' });
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
