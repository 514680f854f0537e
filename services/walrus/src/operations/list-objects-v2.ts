import { MalleeError } from '@mallee/errors';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { commonPrefixElement, contentsElement, keyEncoderOf, maxKeysOf } from '../s3/listing-document.js';
import { sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { listPage } from '../storage/listing.js';

/** GET /bucket?list-type=2. A continuation token is where the last page ended, in base64url. */
export async function listObjectsV2(context: BucketContext): Promise<void> {
  const { query } = context;
  const bucket = await authorizedBucket(context, { action: 's3:ListBucket' });
  const [encode, maxKeys] = [keyEncoderOf(query), maxKeysOf(query)];
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
  const [token, startAfter] = [query.get('continuation-token'), query.get('start-after')];
  const page = await listPage(context.services.pool, {
    bucket: bucket.name,
    prefix,
    delimiter,
    after: token === undefined || token === '' ? (startAfter ?? '') : readToken(token),
    maxKeys,
  });
  const withOwner = query.get('fetch-owner') === 'true';
  const document = s3Document(
    'ListBucketResult',
    field('Name', bucket.name),
    field('Prefix', encode(prefix)),
    field('StartAfter', startAfter === undefined ? undefined : encode(startAfter)),
    field('ContinuationToken', token),
    field('NextContinuationToken', page.last === undefined ? undefined : Buffer.from(page.last).toString('base64url')),
    field('KeyCount', page.contents.length + page.commonPrefixes.length),
    field('MaxKeys', maxKeys),
    field('Delimiter', delimiter ? encode(delimiter) : undefined),
    field('EncodingType', query.get('encoding-type') || undefined),
    field('IsTruncated', page.truncated),
    page.contents.map((object) => contentsElement(object, encode, withOwner)),
    page.commonPrefixes.map((common) => commonPrefixElement(common, encode)),
  );
  sendXml(context.response, 200, document, { 'x-amz-bucket-region': bucket.location || context.services.region });
}

function readToken(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const text = bytes.toString('utf8');
  if (text === '' || text.includes('\0') || bytes.toString('base64url') !== token || !Buffer.from(text).equals(bytes)) {
    throw new MalleeError('InvalidArgument', 'The continuation token provided is incorrect');
  }
  return text;
}
