import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { wildcardMatch } from '../policy/parse-policy.js';
import type { CorsRule } from '../storage/bucket-settings.js';
import { findBucket, noSuchBucket } from '../storage/buckets.js';
import type { S3Context } from './context.js';
import { sendEmpty } from './respond.js';

/** Lets a page of another origin read whatever the answer will be (errors too), when a rule of the bucket fits. */
export async function allowOrigin(context: S3Context, bucketName: string): Promise<void> {
  const origin = headerValue(context.headers, 'origin');
  if (origin === undefined) return;
  const bucket = await findBucket(context.services.pool, bucketName);
  const method = headerValue(context.headers, 'access-control-request-method') ?? context.request.method ?? 'GET';
  const rule = ruleFor(bucket?.settings.cors, origin, method, []);
  if (rule === undefined) return;
  for (const [name, value] of Object.entries(headersOfRule(rule, origin, []))) {
    context.response.setHeader(name, String(value));
  }
}

/** OPTIONS: answers a preflight; needs no signature. Throws `AccessDenied` (403) where no rule fits. */
export async function preflight(context: S3Context, bucketName: string): Promise<void> {
  const { headers, services } = context;
  const origin = headerValue(headers, 'origin');
  const method = headerValue(headers, 'access-control-request-method');
  if (origin === undefined) {
    throw new MalleeError('InvalidRequest', 'Insufficient information. Origin request header needed.');
  }
  if (method === undefined) {
    throw new MalleeError('InvalidRequest', 'Invalid Access-Control-Request-Method: null');
  }
  const wanted = (headerValue(headers, 'access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const bucket = await findBucket(services.pool, bucketName);
  if (bucket === undefined) throw noSuchBucket(bucketName);
  const rule = ruleFor(bucket.settings.cors, origin, method, wanted);
  if (rule === undefined) {
    throw new MalleeError('AccessDenied', 'CORSResponse: This CORS request is not allowed.');
  }
  sendEmpty(context.response, 200, headersOfRule(rule, origin, wanted));
}

function ruleFor(
  rules: readonly CorsRule[] | undefined,
  origin: string,
  method: string,
  wanted: readonly string[],
): CorsRule | undefined {
  return rules?.find(
    (rule) =>
      rule.origins.some((pattern) => wildcardMatch(pattern, origin)) &&
      rule.methods.includes(method) &&
      wanted.every((name) => rule.allowedHeaders.some((pattern) => wildcardMatch(pattern, name, true))),
  );
}

function headersOfRule(rule: CorsRule, origin: string, wanted: readonly string[]): Record<string, string> {
  const any = rule.origins.includes('*');
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    ...(wanted.length === 0 ? {} : { 'access-control-allow-headers': wanted.join(', ') }),
    ...(rule.exposedHeaders.length === 0 ? {} : { 'access-control-expose-headers': rule.exposedHeaders.join(', ') }),
    ...(rule.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    ...(any ? {} : { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}
