import { createHmac } from 'node:crypto';
import type { TestUser } from './test-clc.js';

type Key = Pick<TestUser, 'accessKeyId' | 'secretAccessKey'>;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface QueryOptions {
  readonly path?: string;
  readonly version?: string;
  readonly method?: 'GET' | 'POST';
  /** Replaces what is signed after signing. */
  readonly tamper?: (parameters: URLSearchParams) => void;
  readonly timestamp?: Date;
  readonly headers?: Record<string, string>;
}

/** A request as boto 2 and euca2ools make it: Signature V2 with HmacSHA256 in the parameters. */
export async function queryV2(
  url: string,
  key: Key,
  action: string,
  parameters: Record<string, string> = {},
  options: QueryOptions = {},
): Promise<Answer> {
  const { path = '/services/Eucalyptus/', version = '2009-11-30', method = 'GET' } = options;
  const all: Record<string, string> = {
    ...parameters,
    Action: action,
    Version: version,
    AWSAccessKeyId: key.accessKeyId,
    SignatureVersion: '2',
    SignatureMethod: 'HmacSHA256',
    // euca2ools 1.3 leaves out the final Z.
    Timestamp: (options.timestamp ?? new Date()).toISOString().replace(/\.\d+Z$/, ''),
  };
  const canonical = Object.entries(all)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const text = `${method}\n${new URL(url).host}\n${path}\n${canonical}`;
  const signature = createHmac('sha256', key.secretAccessKey).update(text).digest('base64');
  const signed = new URLSearchParams({ ...all, Signature: signature });
  options.tamper?.(signed);
  const form = [...signed].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const response =
    method === 'GET'
      ? await fetch(`${url}${path}?${form}`, { headers: options.headers ?? {} })
      : await fetch(url + path, {
          method,
          body: form,
          headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', ...options.headers },
        });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
