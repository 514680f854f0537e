import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { commonPrefixElement, contentsElement, keyEncoderOf, maxKeysOf } from '../s3/listing-document.js';
import { sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { listPage } from '../storage/listing.js';

/** GET /bucket: version 1 of the listing. NextMarker is given when there is a delimiter, as S3 does. */
export async function listObjects(context: BucketContext): Promise<void> {
  const { query } = context;
  const bucket = await authorizedBucket(context, { action: 's3:ListBucket' });
  const [encode, maxKeys] = [keyEncoderOf(query), maxKeysOf(query)];
  const [prefix, marker, delimiter] = [query.get('prefix') ?? '', query.get('marker') ?? '', query.get('delimiter')];
  const page = await listPage(context.services.pool, {
    bucket: bucket.name,
    prefix,
    delimiter,
    after: marker,
    maxKeys,
  });
  const next = page.truncated && delimiter ? page.last : undefined;
  const document = s3Document(
    'ListBucketResult',
    field('Name', bucket.name),
    // Clients decode the other fields, but not this one.
    field('Prefix', /[^\t\n\x20-\ud7ff\ue000-\ufffd]/.test(prefix) ? encode(prefix) : prefix),
    field('Marker', encode(marker)),
    field('NextMarker', next === undefined ? undefined : encode(next)),
    field('MaxKeys', maxKeys),
    field('Delimiter', delimiter ? encode(delimiter) : undefined),
    field('EncodingType', query.get('encoding-type') || undefined),
    field('IsTruncated', page.truncated),
    page.contents.map((object) => contentsElement(object, encode, true)),
    page.commonPrefixes.map((common) => commonPrefixElement(common, encode)),
  );
  sendXml(context.response, 200, document, { 'x-amz-bucket-region': bucket.location || context.services.region });
}
