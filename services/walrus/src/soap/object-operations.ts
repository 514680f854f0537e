import { isMalleeError, MalleeError } from '@mallee/errors';
import { escapeText, type XmlElement } from '@mallee/xml';
import { grantHeaders, policyDocument } from './acl-document.js';
import { malformed, type FieldRules, type Fields } from './fields.js';
import { contentOf, statusElement, type Run, type SoapOperation } from './operation.js';
import type { RestReply } from './rest-call.js';

const OBJECT: FieldRules = { Bucket: { type: 'string', required: true }, Key: { type: 'string', required: true } };
const READ: FieldRules = {
  ...OBJECT,
  GetMetadata: { type: 'boolean', required: true },
  GetData: { type: 'boolean', required: true },
  InlineData: { type: 'boolean', required: true },
};
const META = 'x-amz-meta-';
/** Metadata that are headers of HTTP. */
const HEADERS = ['content-type', 'content-disposition', 'content-encoding', 'cache-control', 'expires'];

const objectOf = (input: Fields): { bucket: string; key: string } => {
  const key = input.required('Key');
  if (key === '') throw malformed('Key is empty');
  return { bucket: input.required('Bucket'), key };
};

/** The operations about objects. */
export const OBJECT_OPERATIONS: Readonly<Record<string, SoapOperation>> = {
  PutObjectInline: {
    fields: {
      ...OBJECT,
      Metadata: { type: 'metadata' },
      Data: { type: 'base64Binary', required: true },
      ContentLength: { type: 'long', required: true },
      AccessControlList: { type: 'acl' },
      StorageClass: { type: 'string' },
      ContentType: { type: 'string' },
      ContentDisposition: { type: 'string' },
    },
    result: 'PutObjectResult',
    run: async (input, run) => {
      const body = Buffer.from(input.required('Data'), 'base64');
      if (body.length !== Number(input.required('ContentLength'))) {
        throw new MalleeError('IncompleteBody', 'Data has another length than ContentLength says.');
      }
      const contentType = input.text('ContentType');
      const headers = {
        ...metadataHeaders(input),
        ...grantHeaders(input.element('AccessControlList')),
        'x-amz-storage-class': input.text('StorageClass')?.trim(),
        ...(contentType === undefined ? {} : { 'content-type': plain(contentType) }),
        ...(input.text('ContentDisposition') === undefined
          ? {}
          : { 'content-disposition': plain(input.required('ContentDisposition')) }),
      };
      const { headers: answer } = await run({ method: 'PUT', ...objectOf(input), headers, body });
      const written = await run({ method: 'HEAD', ...objectOf(input) });
      return `<ETag>${escapeText(answer['etag'] ?? '')}</ETag><LastModified>${timeOf(written)}</LastModified>`;
    },
  },

  GetObject: {
    fields: { ...READ, VersionId: { type: 'string' } },
    result: 'GetObjectResult',
    run: (input, run) => getObject(input, run, {}),
  },

  GetObjectExtended: {
    fields: {
      ...READ,
      VersionId: { type: 'string' },
      ByteRangeStart: { type: 'long' },
      ByteRangeEnd: { type: 'long' },
      IfModifiedSince: { type: 'dateTime' },
      IfUnmodifiedSince: { type: 'dateTime' },
      IfMatch: { type: 'string' },
      IfNoneMatch: { type: 'string' },
      ReturnCompleteObjectOnConditionFailure: { type: 'boolean' },
    },
    result: 'GetObjectResult',
    resultName: 'GetObjectResponse',
    run: getObjectExtended,
  },

  CopyObject: {
    fields: {
      SourceBucket: { type: 'string', required: true },
      SourceObject: { type: 'string' },
      SourceKey: { type: 'string' },
      SourceVersionId: { type: 'string' },
      DestinationBucket: { type: 'string', required: true },
      DestinationObject: { type: 'string' },
      DestinationKey: { type: 'string' },
      MetadataDirective: { type: 'string' },
      Metadata: { type: 'metadata' },
      AccessControlList: { type: 'acl' },
      CopySourceIfMatch: { type: 'string' },
      CopySourceIfNoneMatch: { type: 'string' },
      CopySourceIfModifiedSince: { type: 'dateTime' },
      CopySourceIfUnmodifiedSince: { type: 'dateTime' },
    },
    result: 'CopyObjectResult',
    resultName: 'CopyObjectResult',
    run: copyObject,
  },

  DeleteObject: { fields: OBJECT, result: 'Status', run: deleteObject },
  DeleteVersion: {
    fields: { ...OBJECT, VersionId: { type: 'string', required: true } },
    result: 'Status',
    run: deleteObject,
  },

  GetObjectAccessControlPolicy: {
    fields: { ...OBJECT, VersionId: { type: 'string' } },
    result: 'AccessControlPolicy',
    run: async (input, run) =>
      contentOf(
        await run({ method: 'GET', ...objectOf(input), query: { acl: '', versionId: input.text('VersionId') } }),
      ),
  },
  SetObjectAccessControlPolicy: {
    fields: { ...OBJECT, VersionId: { type: 'string' }, AccessControlList: { type: 'acl', required: true } },
    run: async (input, run) => {
      const body = policyDocument(input.element('AccessControlList'));
      await run({ method: 'PUT', ...objectOf(input), query: { acl: '', versionId: input.text('VersionId') }, body });
      return '';
    },
  },
};

async function deleteObject(input: Fields, run: Run): Promise<string> {
  if (input.text('VersionId') === '') throw malformed('VersionId is empty');
  await run({ method: 'DELETE', ...objectOf(input), query: { versionId: input.text('VersionId') } });
  return statusElement(204, 'No Content');
}

async function getObject(input: Fields, run: Run, headers: Record<string, string | undefined>): Promise<string> {
  const wantsData = input.flag('GetData');
  if (wantsData && !input.flag('InlineData')) {
    throw new MalleeError('NotImplemented', 'Data are sent in the message only: set InlineData.');
  }
  const query = { versionId: input.text('VersionId') };
  const reply = await run({ method: wantsData ? 'GET' : 'HEAD', ...objectOf(input), query, headers });
  if (reply.status === 304) throw new MalleeError('PreconditionFailed', 'The object was not modified.');
  const metadata = input.flag('GetMetadata') ? metadataElements(reply) : '';
  const data = wantsData ? `<Data>${reply.body.toString('base64')}</Data>` : '';
  return (
    `<Status>${statusElement(reply.status, reply.status === 206 ? 'Partial Content' : 'OK')}</Status>${metadata}${data}` +
    `<LastModified>${timeOf(reply)}</LastModified><ETag>${escapeText(reply.headers['etag'] ?? '')}</ETag>`
  );
}

async function getObjectExtended(input: Fields, run: Run): Promise<string> {
  const [start, end] = [input.text('ByteRangeStart')?.trim(), input.text('ByteRangeEnd')?.trim()];
  const range =
    start === undefined && end === undefined
      ? undefined
      : `bytes=${Number(start ?? 0)}-${end === undefined ? '' : Number(end)}`;
  const conditions = {
    'if-modified-since': httpDate(input.text('IfModifiedSince')),
    'if-none-match': input.text('IfNoneMatch'),
  };
  const strict = {
    range,
    'if-unmodified-since': httpDate(input.text('IfUnmodifiedSince')),
    'if-match': input.text('IfMatch'),
  };
  try {
    return await getObject(input, run, { ...conditions, ...strict });
  } catch (error) {
    const whole = input.flag('ReturnCompleteObjectOnConditionFailure') && range !== undefined;
    const failed = isMalleeError(error) && error.code === 'PreconditionFailed';
    if (!whole || !failed || (strict['if-match'] ?? strict['if-unmodified-since']) === undefined) throw error;
    return await getObject(input, run, conditions);
  }
}

async function copyObject(input: Fields, run: Run): Promise<string> {
  const name = (which: 'Source' | 'Destination'): string => {
    const key = input.text(`${which}Object`) ?? input.text(`${which}Key`) ?? '';
    if (key === '') throw malformed(`${which}Object is missing`);
    return key;
  };
  const version = input.text('SourceVersionId');
  const source = `/${encodeURIComponent(input.required('SourceBucket'))}/${encodeURIComponent(name('Source'))}`;
  const reply = await run({
    method: 'PUT',
    bucket: input.required('DestinationBucket'),
    key: name('Destination'),
    headers: {
      ...metadataHeaders(input),
      ...grantHeaders(input.element('AccessControlList')),
      'x-amz-copy-source': version === undefined ? source : `${source}?versionId=${encodeURIComponent(version)}`,
      'x-amz-metadata-directive': input.text('MetadataDirective')?.trim(),
      'x-amz-copy-source-if-match': input.text('CopySourceIfMatch'),
      'x-amz-copy-source-if-none-match': input.text('CopySourceIfNoneMatch'),
      'x-amz-copy-source-if-modified-since': httpDate(input.text('CopySourceIfModifiedSince')),
      'x-amz-copy-source-if-unmodified-since': httpDate(input.text('CopySourceIfUnmodifiedSince')),
    },
  });
  return contentOf(reply);
}

function metadataHeaders(input: Fields): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const entry of input.elements('Metadata')) {
    const text = (name: string): string => entry.children.find(({ local }: XmlElement) => local === name)?.text ?? '';
    const name = text('Name').trim().toLowerCase();
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(name)) throw malformed('the Name of Metadata is no name of a header');
    headers[HEADERS.includes(name) ? name : META + name] = plain(text('Value'));
  }
  return headers;
}

/** A value that can be a header: what it cannot carry is refused, not changed. */
function plain(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  throw new MalleeError('InvalidArgument', 'Metadata take printable ASCII only.');
}

function metadataElements({ headers }: RestReply): string {
  return Object.entries(headers)
    .filter(([name]) => name.startsWith(META) || name === 'content-type')
    .map(([name, value]) => {
      const shown = name.startsWith(META) ? name.slice(META.length) : 'Content-Type';
      return `<Metadata><Name>${escapeText(shown)}</Name><Value>${escapeText(value)}</Value></Metadata>`;
    })
    .join('');
}

function httpDate(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text.trim());
  if (Number.isNaN(at.getTime())) throw malformed(`${text.slice(0, 40)} is no date`);
  return at.toUTCString();
}

function timeOf({ headers }: RestReply): string {
  return new Date(headers['last-modified'] ?? 0).toISOString();
}
