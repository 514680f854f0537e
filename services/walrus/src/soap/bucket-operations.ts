import { escapeText } from '@mallee/xml';
import { S3_NAMESPACE } from '../s3/xml.js';
import { grantHeaders, policyDocument } from './acl-document.js';
import type { FieldRules } from './fields.js';
import { innerDocument } from './inner-document.js';
import { contentOf, statusElement, type SoapOperation } from './operation.js';

const BUCKET: FieldRules = { Bucket: { type: 'string', required: true } };

/** The operations about the service and about buckets. */
export const BUCKET_OPERATIONS: Readonly<Record<string, SoapOperation>> = {
  ListAllMyBuckets: {
    fields: {},
    result: 'ListAllMyBucketsResult',
    run: async (_input, run) => contentOf(await run({ method: 'GET' })),
  },

  CreateBucket: {
    fields: { ...BUCKET, AccessControlList: { type: 'acl' }, LocationConstraint: { type: 'string' } },
    result: 'CreateBucketResult',
    resultName: 'CreateBucketReturn',
    run: async (input, run) => {
      const [bucket, location] = [input.required('Bucket'), input.text('LocationConstraint')];
      const configuration = `<CreateBucketConfiguration xmlns="${S3_NAMESPACE}"><LocationConstraint>${escapeText(location ?? '')}</LocationConstraint></CreateBucketConfiguration>`;
      await run({
        method: 'PUT',
        bucket,
        headers: grantHeaders(input.element('AccessControlList')),
        ...(location === undefined ? {} : { body: Buffer.from(configuration) }),
      });
      return `<BucketName>${escapeText(bucket)}</BucketName>`;
    },
  },

  DeleteBucket: {
    fields: BUCKET,
    result: 'Status',
    run: async (input, run) => {
      await run({ method: 'DELETE', bucket: input.required('Bucket') });
      return statusElement(204, 'No Content');
    },
  },

  ListBucket: {
    fields: {
      ...BUCKET,
      Prefix: { type: 'string' },
      Marker: { type: 'string' },
      MaxKeys: { type: 'int' },
      Delimiter: { type: 'string' },
    },
    result: 'ListBucketResult',
    run: async (input, run) =>
      contentOf(
        await run({
          method: 'GET',
          bucket: input.required('Bucket'),
          query: {
            prefix: input.text('Prefix'),
            marker: input.text('Marker'),
            'max-keys': input.text('MaxKeys')?.trim(),
            delimiter: input.text('Delimiter'),
          },
        }),
      ),
  },

  ListVersions: {
    fields: {
      ...BUCKET,
      Prefix: { type: 'string' },
      KeyMarker: { type: 'string' },
      VersionIdMarker: { type: 'string' },
      MaxKeys: { type: 'int' },
      Delimiter: { type: 'string' },
    },
    result: 'ListVersionsResult',
    run: async (input, run) =>
      contentOf(
        await run({
          method: 'GET',
          bucket: input.required('Bucket'),
          query: {
            versions: '',
            prefix: input.text('Prefix'),
            'key-marker': input.text('KeyMarker'),
            'version-id-marker': input.text('VersionIdMarker'),
            'max-keys': input.text('MaxKeys')?.trim(),
            delimiter: input.text('Delimiter'),
          },
        }),
      ),
  },

  GetBucketLocation: {
    fields: BUCKET,
    result: 'LocationConstraint',
    run: async (input, run) => {
      const reply = await run({ method: 'GET', bucket: input.required('Bucket'), query: { location: '' } });
      return `<LocationConstraint>${contentOf(reply)}</LocationConstraint>`;
    },
  },

  ...settingOperations('AccessControlPolicy', 'acl', 'AccessControlPolicy'),
  ...settingOperations('LoggingStatus', 'logging', 'BucketLoggingStatus'),
  ...settingOperations('VersioningStatus', 'versioning', 'VersioningConfiguration'),
};

/** GetBucketX and SetBucketX: what REST reads and writes as one document. */
function settingOperations(name: string, query: string, document: string): Record<string, SoapOperation> {
  const isAcl = query === 'acl';
  const field = isAcl ? 'AccessControlList' : query === 'logging' ? 'BucketLoggingStatus' : 'VersioningStatus';
  const type = isAcl ? 'acl' : query === 'logging' ? 'logging' : 'versioning';
  return {
    [`GetBucket${name}`]: {
      fields: BUCKET,
      result: document,
      run: async (input, run) =>
        contentOf(await run({ method: 'GET', bucket: input.required('Bucket'), query: { [query]: '' } })),
    },
    [`SetBucket${name}`]: {
      fields: { ...BUCKET, [field]: { type, required: true } },
      run: async (input, run) => {
        const given = input.element(field);
        const body = isAcl ? policyDocument(given) : innerDocument(document, given);
        await run({ method: 'PUT', bucket: input.required('Bucket'), query: { [query]: '' }, body });
        return '';
      },
    },
  };
}
