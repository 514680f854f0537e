import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { childrenOf, malformed, numberOf, receiveXml, textOf } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import type { CorsRule } from '../storage/bucket-settings.js';
import { setSetting } from '../storage/buckets.js';

const METHODS: readonly string[] = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];
const MAX_RULES = 100;

/** GET /bucket?cors */
export async function getBucketCors(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetBucketCORS' });
  if (settings.cors === undefined) {
    throw new MalleeError('NoSuchCORSConfiguration', 'The CORS configuration does not exist');
  }
  sendXml(context.response, 200, s3Document('CORSConfiguration', settings.cors.map(ruleElement)));
}

/** PUT /bucket?cors */
export async function putBucketCors(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketCORS' });
  const rules = childrenOf(await receiveXml(context, 'CORSConfiguration'), 'CORSRule').map(readRule);
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformed();
  await setSetting(context.services.pool, bucket.name, 'cors', rules);
  sendEmpty(context.response, 200);
}

/** DELETE /bucket?cors */
export async function deleteBucketCors(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketCORS' });
  await setSetting(context.services.pool, bucket.name, 'cors', undefined);
  sendEmpty(context.response, 204);
}

function readRule(rule: XmlElement): CorsRule {
  const texts = (name: string): string[] => childrenOf(rule, name).map((child) => child.text.trim());
  const [origins, methods] = [texts('AllowedOrigin'), texts('AllowedMethod')];
  const id = textOf(rule, 'ID');
  const maxAgeSeconds = numberOf(rule, 'MaxAgeSeconds');
  if (origins.length === 0 || methods.length === 0) throw malformed();
  const wrong = methods.find((method) => !METHODS.includes(method));
  if (wrong !== undefined) {
    throw new MalleeError(
      'InvalidRequest',
      `Found unsupported HTTP method in CORS config. Unsupported method is ${wrong}`,
    );
  }
  const exposedHeaders = texts('ExposeHeader');
  // They become a header of answers.
  const wrongName = exposedHeaders.find((name) => !/^[\x21-\x7e]{1,256}$/.test(name));
  if (wrongName !== undefined) throw new MalleeError('InvalidRequest', 'An ExposeHeader is not the name of a header.');
  return {
    ...(id === undefined ? {} : { id }),
    origins,
    methods,
    allowedHeaders: texts('AllowedHeader'),
    exposedHeaders,
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}

function ruleElement(rule: CorsRule): string {
  return element(
    'CORSRule',
    field('ID', rule.id),
    rule.allowedHeaders.map((text) => field('AllowedHeader', text)),
    rule.methods.map((text) => field('AllowedMethod', text)),
    rule.origins.map((text) => field('AllowedOrigin', text)),
    rule.exposedHeaders.map((text) => field('ExposeHeader', text)),
    field('MaxAgeSeconds', rule.maxAgeSeconds),
  );
}
