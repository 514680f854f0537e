import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeComponent } from '@mallee/aws-signatures';
import fc from 'fast-check';
import { send, sendSigned, startFixture, type Fixture, type RawRequest, type Reply } from '../test-support/fixture.js';

// What neither PostgreSQL, nor XML, nor a header can carry, or not alike: NUL, halves of surrogate pairs, bytes that are not UTF-8.
const ODD: readonly Buffer[] = [
  ...[
    [0],
    [0x61, 0, 0x62],
    [0xed, 0xa0, 0x80],
    [0xed, 0xb0, 0x80],
    [0xc0, 0x80],
    [0xff],
    [0xc3],
    [0xf5, 0x80, 0x80, 0x80],
  ],
  ...[[0x01], [0x0d, 0x0a], [0x09], [0x1b], [0x7f], [0xe9]],
].map((bytes) => Buffer.from(bytes));
const UNUSUAL = [
  '\u0085',
  '\u2028',
  '\ufeff',
  '\ufffe',
  '\uffff',
  '\u202e',
  'é',
  '€',
  '𐀀',
  '"',
  '\\',
  '<',
  '&',
  '%',
  '+',
];
const oddBytes = fc
  .array(fc.constantFrom(...ODD, ...UNUSUAL.map((text) => Buffer.from(text)), Buffer.from('plain')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((pieces) => Buffer.concat(pieces));

/** The same as a text of JSON or as references of XML. */
const oddUnits = fc.constantFrom(0, 1, 0xd800, 0xdfff, 0xfffe, 0xffff, 0x7f, 0x20ac, 0x0d);

let walrus: Fixture;
let port: number;

beforeAll(async () => {
  walrus = await startFixture();
  ({ port } = walrus);
  for (const bucket of ['odd', 'documents', 'open']) await ask({ method: 'PUT', target: `/${bucket}` });
  await ask({ method: 'PUT', target: '/open', headers: { 'x-amz-acl': 'public-read-write' } });
  await ask({ method: 'PUT', target: '/open?acl=', headers: { 'x-amz-acl': 'public-read-write' } });
  await ask({ method: 'PUT', target: '/documents/object', body: 'object' });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

/** Whatever the request says, the server has an answer to it. */
async function ask(request: RawRequest, signed = true): Promise<Reply> {
  const reply = signed ? await sendSigned(port, request) : await send(port, request);
  if (reply.status >= 500) {
    throw new Error(
      `${request.method ?? 'GET'} ${request.target} ${JSON.stringify(request.headers ?? {})}: ${reply.status}`,
    );
  }
  return reply;
}

async function always<T>(odd: fc.Arbitrary<T>, run: (odd: T) => Promise<void>, numRuns = 8): Promise<void> {
  await fc.assert(fc.asyncProperty(odd, run), { numRuns, endOnFailure: true });
}

const percent = (bytes: Buffer): string => encodeComponent(bytes);
/** As a header has it: a character for each byte, and none that ends the line or that Node.js refuses to send. */
const ofHeader = (bytes: Buffer): string => bytes.toString('latin1').replace(/[^\t\x20-\x7e\x80-\xff]/g, '');

/** All that shows the contents of a bucket. */
async function look(bucket: string): Promise<void> {
  for (const query of [
    '',
    'list-type=2',
    'versions=',
    'uploads=',
    'list-type=2&encoding-type=url',
    'prefix=a&delimiter=b',
  ]) {
    expect((await ask({ target: `/${bucket}?${query}` })).status).toBe(200);
  }
}

describe('odd characters from outside are answered, never an internal error', () => {
  it('in keys, and in listings of them', async () => {
    await always(oddBytes, async (odd) => {
      const target = `/odd/${percent(odd)}`;
      const put = await ask({ method: 'PUT', target, body: 'x' });
      expect((await ask({ target })).status).toBe(put.status === 200 ? 200 : 400);
      for (const method of ['HEAD', 'DELETE']) await ask({ method, target });
      await ask({ method: 'PUT', target, body: 'x' });
      await ask({ method: 'POST', target: `${target}?uploads=` });
    });
    await look('odd');
  }, 60_000);

  const parameters = [
    ...['prefix', 'delimiter', 'marker', 'encoding-type', 'max-keys'].map((name) => `/odd?${name}=`),
    ...['start-after', 'continuation-token', 'fetch-owner'].map((name) => `/odd?list-type=2&${name}=`),
    ...['key-marker', 'version-id-marker', 'prefix'].map((name) => `/odd?versions=&key-marker=a&${name}=`),
    ...['key-marker', 'upload-id-marker'].map((name) => `/odd?uploads=&key-marker=a&${name}=`),
    ...['versionId', 'partNumber', 'response-content-type', 'response-expires', 'uploadId', 'tagging', 'acl'].map(
      (name) => `/documents/object?${name}=`,
    ),
    '/documents/object?uploadId=x&part-number-marker=',
    '/?prefix=',
    '/?continuation-token=',
    '/documents/',
    '/',
  ];
  it.each(parameters)('in %s', async (target) => {
    await always(oddBytes, async (odd) => {
      await ask({ target: `${target}${percent(odd)}` });
      await ask({ target: `${target}${odd.toString('base64url')}` });
    });
  });

  const headers = [
    ...['x-amz-tagging', 'x-amz-meta-odd', 'content-type', 'cache-control', 'content-disposition', 'expires'],
    ...['x-amz-storage-class', 'x-amz-acl', 'x-amz-grant-read', 'x-amz-website-redirect-location', 'if-match'],
    ...['content-language', 'x-amz-checksum-crc32', 'content-md5', 'x-amz-object-lock-mode', 'content-encoding'],
    ...['x-amz-object-lock-retain-until-date', 'x-amz-copy-source', 'x-amz-copy-source-if-match', 'range'],
  ];
  it.each(headers)(
    'in the header %s',
    async (name) => {
      await always(
        oddBytes,
        async (odd) => {
          for (const value of [
            percent(odd),
            ofHeader(odd),
            `a=${percent(odd)}`,
            `${percent(odd)}=a`,
            `/documents/${percent(odd)}`,
          ]) {
            const put = await ask({ method: 'PUT', target: '/odd/header', headers: { [name]: value }, body: 'x' });
            if (put.status < 300) expect((await ask({ target: '/odd/header' })).status).toBe(200);
            await ask({ method: 'POST', target: '/odd/header?uploads=', headers: { [name]: value } });
            await ask({ target: '/documents/object', headers: { [name]: value } });
          }
        },
        4,
      );
      await look('odd');
    },
    60_000,
  );

  it('in the id of an encryption key, which comes back in a header', async () => {
    await always(oddBytes, async (odd) => {
      const id = {
        'x-amz-server-side-encryption-aws-kms-key-id': ofHeader(odd),
        'x-amz-server-side-encryption': 'aws:kms',
      };
      await ask({ method: 'PUT', target: '/odd/kms', headers: id, body: 'x' });
      await ask({ target: '/odd/kms' });
    });
  });

  it('as NUL in a header: refused before anything reads it', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('PUT /open/x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nx-amz-meta-a: a\0b\r\n\r\n'),
      );
      socket.once('data', (data) => resolve(data.toString()));
      socket.once('error', reject);
      socket.once('close', () => resolve('closed'));
    });
    expect(answer).toMatch(/^HTTP\/1.1 400 |^closed$/);
  });

  it('as tags: they must be text', async () => {
    for (const tagging of ['a=%00', '%00=a', 'a=%ED%A0%80', '%FF=a']) {
      const request = { method: 'PUT', target: '/odd/tags', headers: { 'x-amz-tagging': tagging }, body: 'x' };
      expect(await ask(request)).toMatchObject({ status: 400, code: 'InvalidTag' });
    }
  });
});

/** A form with one field of these bytes. */
function form(name: string, odd: Buffer, more: Record<string, string> = {}): Buffer {
  const part = (field: string, value: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(`--B\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n`),
      value,
      Buffer.from('\r\n'),
    ]);
  const all = { key: 'form', ...more };
  const fixed = Object.entries(all).filter(([field]) => field !== name);
  return Buffer.concat([
    ...fixed.map(([field, value]) => part(field, Buffer.from(value))),
    part(name, odd),
    part('file', Buffer.from('content')),
    Buffer.from('--B--\r\n'),
  ]);
}

describe('odd characters in forms', () => {
  const fields = [
    ...['key', 'content-type', 'x-amz-meta-odd', 'cache-control', 'acl', 'x-amz-storage-class', 'x-amz-tagging'],
    ...['success_action_redirect', 'success_action_status', 'expires', 'x-amz-website-redirect-location', 'policy'],
    ...[
      'x-amz-server-side-encryption-aws-kms-key-id',
      'tagging',
      'x-amz-credential',
      'awsaccesskeyid',
      'x-amz-meta-\0',
    ],
  ];
  it.each(fields)('%j', async (name) => {
    const kms = { 'x-amz-server-side-encryption': 'aws:kms' };
    const more = name.includes('kms') ? kms : {};
    const headers = { 'content-type': 'multipart/form-data; boundary=B' };
    await always(
      oddBytes,
      async (odd) => {
        for (const value of [odd, tagging(odd)]) {
          const body = form(name, value, more);
          const request = {
            method: 'POST',
            target: '/open',
            body,
            headers: { ...headers, 'content-length': String(body.length) },
          };
          await ask(request, false);
          await ask({ target: '/open/form' });
        }
      },
      4,
    );
    await look('open');
  });

  it('come back in headers as they came, and none ends a header', async () => {
    const post = async (value: Buffer): Promise<Reply> => {
      const body = form('x-amz-meta-odd', value, { key: 'meta' });
      const headers = { 'content-type': 'multipart/form-data; boundary=B', 'content-length': String(body.length) };
      return await ask({ method: 'POST', target: '/open', body, headers }, false);
    };
    expect((await post(Buffer.from('grün €'))).status).toBe(204);
    const got = String((await ask({ target: '/open/meta' })).headers['x-amz-meta-odd']);
    expect(Buffer.from(got, 'latin1').toString()).toBe('grün €');
    for (const value of ['a\r\nb: c', 'a\nb', 'a\x01']) {
      expect(await post(Buffer.from(value))).toMatchObject({ status: 400, code: 'InvalidArgument' });
    }
    expect(await post(Buffer.from([0xff]))).toMatchObject({ status: 400, code: 'MalformedPOSTRequest' });
  });
});

function tagging(odd: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('<Tagging><TagSet><Tag><Key>a</Key><Value>'),
    odd,
    Buffer.from('</Value></Tag></TagSet></Tagging>'),
  ]);
}

// "*" is where the odd text goes.
const DOCUMENTS: readonly (readonly [string, string])[] = [
  ['PUT /documents?tagging=', '<Tagging><TagSet><Tag><Key>*</Key><Value>*</Value></Tag></TagSet></Tagging>'],
  ['PUT /documents/object?tagging=', '<Tagging><TagSet><Tag><Key>*</Key><Value>*</Value></Tag></TagSet></Tagging>'],
  [
    'PUT /documents?cors=',
    '<CORSConfiguration><CORSRule><ID>*</ID><AllowedOrigin>http://a</AllowedOrigin><AllowedMethod>GET</AllowedMethod>' +
      '<AllowedHeader>*</AllowedHeader><ExposeHeader>*</ExposeHeader></CORSRule></CORSConfiguration>',
  ],
  [
    'PUT /documents?lifecycle=',
    '<LifecycleConfiguration><Rule><ID>*</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>' +
      '<Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>',
  ],
  [
    'PUT /documents?lifecycle=',
    '<LifecycleConfiguration><Rule><Filter><And><Prefix>*</Prefix><Tag><Key>*</Key><Value>*</Value></Tag></And></Filter>' +
      '<Status>Enabled</Status><Transition><Days>1</Days><StorageClass>*</StorageClass></Transition></Rule></LifecycleConfiguration>',
  ],
  [
    'PUT /documents?encryption=',
    '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>' +
      '<KMSMasterKeyID>*</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
  ],
  [
    'PUT /documents?logging=',
    '<BucketLoggingStatus><LoggingEnabled><TargetBucket>odd</TargetBucket><TargetPrefix>*</TargetPrefix><TargetGrants><Grant>*' +
      '</Grant></TargetGrants></LoggingEnabled></BucketLoggingStatus>',
  ],
  [
    'PUT /documents?logging=',
    '<BucketLoggingStatus><LoggingEnabled><TargetBucket>*</TargetBucket><TargetPrefix/></LoggingEnabled></BucketLoggingStatus>',
  ],
  [
    'PUT /documents?acl=',
    '<AccessControlPolicy><AccessControlList><Grant><Grantee><ID>*</ID></Grantee><Permission>READ</Permission></Grant>' +
      '</AccessControlList></AccessControlPolicy>',
  ],
  [
    'PUT /documents?acl=',
    '<AccessControlPolicy><AccessControlList><Grant><Grantee><EmailAddress>*</EmailAddress></Grantee><Permission>READ</Permission>' +
      '</Grant></AccessControlList></AccessControlPolicy>',
  ],
  ['PUT /documents?versioning=', '<VersioningConfiguration><Status>*</Status></VersioningConfiguration>'],
  [
    'PUT /documents?ownershipControls=',
    '<OwnershipControls><Rule><ObjectOwnership>*</ObjectOwnership></Rule></OwnershipControls>',
  ],
  ['PUT /documents?requestPayment=', '<RequestPaymentConfiguration><Payer>*</Payer></RequestPaymentConfiguration>'],
  ['PUT /documents/object?retention=', '<Retention><Mode>*</Mode><RetainUntilDate>*</RetainUntilDate></Retention>'],
  [
    'POST /documents?delete=',
    '<Delete><Object><Key>*</Key></Object><Object><Key>a</Key><VersionId>*</VersionId></Object></Delete>',
  ],
  ['POST /documents?delete=', '<Delete><Object><Key>a</Key><ETag>*</ETag></Object></Delete>'],
  [
    'PUT /documents-new',
    '<CreateBucketConfiguration><LocationConstraint>*</LocationConstraint></CreateBucketConfiguration>',
  ],
  [
    'PUT /documents-new',
    '<CreateBucketConfiguration><Tags><Tag><Key>*</Key><Value>*</Value></Tag></Tags></CreateBucketConfiguration>',
  ],
  [
    'POST /documents/object?uploadId=x',
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>*</ETag></Part></CompleteMultipartUpload>',
  ],
];

function filled(document: string, odd: Buffer, mark = '*'): Buffer {
  return Buffer.from(document.replaceAll(mark, odd.toString('latin1')), 'latin1');
}

describe('odd characters in documents', () => {
  it.each(DOCUMENTS.map(([request, document], i) => [i, request, document] as const))(
    '%i: %s',
    async (_, request, document) => {
      const [method = '', target = ''] = request.split(' ');
      const escaped = oddUnits.map((unit) => Buffer.from(`a&#${unit};b&#x${unit.toString(16)};`));
      await always(fc.oneof(oddBytes, escaped), async (odd) => {
        await ask({ method, target, body: filled(document, odd) });
        if (method === 'PUT') await ask({ target });
        // What was stored shows in headers and documents of other answers.
        const seen = await ask({ target: '/documents/object', headers: { origin: 'http://a' } });
        expect(seen.status).toBe(200);
        await ask({ method: 'PUT', target: '/documents/default', body: 'x' });
        await ask({ target: '/documents/default' });
      });
      await look('documents');
      for (const setting of ['cors', 'lifecycle', 'encryption', 'tagging'])
        await ask({ method: 'DELETE', target: `/documents?${setting}=` });
    },
    60_000,
  );

  const policies: readonly ((text: string) => unknown)[] = [
    (text) => ({
      Sid: text,
      Effect: 'Deny',
      Principal: text,
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::documents',
    }),
    (text) => ({
      Sid: text,
      Effect: 'Deny',
      Principal: { AWS: text },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::documents/${text}`,
    }),
    (text) => ({ Effect: 'Deny', Principal: '*', Action: `s3:${text}`, Resource: text }),
    (text) => ({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::documents',
      Condition: {
        StringEquals: { 's3:prefix': text, [text]: 'a' },
        [text]: { a: 'b' },
        StringLike: { 's3:prefix': text },
      },
    }),
  ];
  it.each(policies.map((make, i) => [i, make] as const))(
    'in a policy, %i',
    async (_, make) => {
      const units = fc
        .array(oddUnits, { minLength: 1, maxLength: 3 })
        .map((list) => JSON.stringify(String.fromCharCode(...list)).slice(1, -1));
      await always(
        fc.oneof(
          units.map((text) => Buffer.from(text)),
          oddBytes,
        ),
        async (odd) => {
          const text = JSON.stringify({ Version: '2012-10-17', Statement: [make('ODD')] });
          await ask({ method: 'PUT', target: '/documents?policy=', body: filled(text, odd, 'ODD') });
          await ask({ target: '/documents?policy=' });
          await ask({ target: '/documents?prefix=x' });
          await ask({ target: '/documents/object' });
          await ask({ method: 'DELETE', target: '/documents?policy=' });
        },
      );
    },
    60_000,
  );
});
