import { requireCaller } from '../s3/authorize.js';
import type { S3Context } from '../s3/context.js';
import { maxKeysOf } from '../s3/listing-document.js';
import { sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import { bucketsOf } from '../storage/buckets.js';

/** GET / : the buckets of the caller's account, by name; page by page when `max-buckets` is given. */
export async function listBuckets(context: S3Context): Promise<void> {
  const caller = requireCaller(context);
  const { query } = context;
  const prefix = query.get('prefix');
  const limit = query.has('max-buckets') ? maxKeysOf(query, 'max-buckets', 10_000) : undefined;
  const token = query.get('continuation-token');
  const found = await bucketsOf(context.services.pool, {
    accountId: caller.accountId,
    prefix: prefix ?? '',
    after: token === undefined ? '' : Buffer.from(token, 'base64url').toString('utf8').replaceAll('\0', ''),
    ...(limit === undefined ? {} : { limit: limit + 1 }),
  });
  const page = found.slice(0, limit);
  const last = found.length > page.length ? page[page.length - 1] : undefined;
  const document = s3Document(
    'ListAllMyBucketsResult',
    element('Owner', field('ID', caller.canonicalId), field('DisplayName', caller.displayName)),
    element(
      'Buckets',
      page.map((bucket) =>
        element('Bucket', field('Name', bucket.name), field('CreationDate', bucket.createdAt.toISOString())),
      ),
    ),
    field('ContinuationToken', last === undefined ? undefined : Buffer.from(last.name).toString('base64url')),
    field('Prefix', prefix),
  );
  sendXml(context.response, 200, document);
}
