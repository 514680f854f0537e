import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareUtf8 } from '../storage/listing.js';
import { sdk, send, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';

/** Keys that file systems, URLs and XML have opinions about; S3 has none. */
const KEYS = [
  ...['/', '//', '/a', 'a//b', 'a/', 'a/./b', 'a/../b', '.', '..', './a', '../a', 'a/..'],
  ...[
    ' ',
    'a b',
    ' a',
    'a ',
    'a+b',
    'a%2Fb',
    'a%b',
    '%',
    '%00',
    'a?b',
    'a#b',
    'a&b',
    '<a>"b\'c',
    'a\\b',
    'a:b',
    'a;b=c,d',
  ],
  ...['grün', '日本', '\u{1f600}', 'e\u0301', '\u00e9', '\ufeffbom', '\u200b', '\u202e'],
  ...['a\tb', 'a\nb', 'a\rb', 'a\u0085b', 'a\u2028b', 'uploads?', '?acl', 'services/Walrus/x', 'healthz', 'metrics'],
  ...['x'.repeat(1024), 'ü'.repeat(512), '__proto__', 'constructor', "a']]>b", '&amp;', 'a&#x1;b'],
];

let walrus: Fixture;
let s3: S3Client;

beforeAll(async () => {
  walrus = await startFixture();
  s3 = sdk(walrus.port);
  await s3.send(new CreateBucketCommand({ Bucket: 'odd' }));
  for (const Key of KEYS) await s3.send(new PutObjectCommand({ Bucket: 'odd', Key, Body: `content of ${Key}` }));
}, 180_000);
afterAll(async () => {
  s3?.destroy();
  await walrus?.stop();
}, 60_000);

const sorted = [...KEYS].sort(compareUtf8);
const text = async (Bucket: string, Key: string): Promise<string> =>
  await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();

describe('odd keys', () => {
  it('are different objects', async () => {
    for (const Key of KEYS) expect(await text('odd', Key)).toBe(`content of ${Key}`);
  });

  it('are listed by every listing in the order of their bytes, as they are and encoded', async () => {
    // The older listing of the SDK decodes nothing.
    const decode = (key: string | undefined, encoded: boolean) => (encoded ? decodeURIComponent(key!) : key!);
    for (const EncodingType of [undefined, 'url' as const]) {
      const encoded = EncodingType === 'url';
      const keys = (list: { Key?: string }[] | undefined) => (list ?? []).map(({ Key }) => decode(Key, encoded));
      expect(keys((await s3.send(new ListObjectsV2Command({ Bucket: 'odd', EncodingType }))).Contents)).toEqual(sorted);
      expect(keys((await s3.send(new ListObjectsCommand({ Bucket: 'odd', EncodingType }))).Contents)).toEqual(sorted);
      const versions = await s3.send(new ListObjectVersionsCommand({ Bucket: 'odd', EncodingType }));
      expect(keys(versions.Versions)).toEqual(sorted);
    }
  });

  it('page by page, with a marker that is one of them', async () => {
    const seen: string[] = [];
    for (let token: string | undefined, more = true; more;) {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: 'odd', MaxKeys: 7, ContinuationToken: token }));
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      [token, more] = [page.NextContinuationToken, page.IsTruncated === true];
    }
    expect(seen).toEqual(sorted);
    for (const StartAfter of ['a\rb', 'a&b', '日本']) {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: 'odd', StartAfter, MaxKeys: 1 }));
      expect(page.Contents?.[0]?.Key).toBe(sorted[sorted.indexOf(StartAfter) + 1]);
    }
  });

  it('as prefixes, delimiters and common prefixes', async () => {
    for (const Delimiter of ['/', '//', ' ', '%', '&', '日']) {
      const list = await s3.send(new ListObjectsV2Command({ Bucket: 'odd', Delimiter }));
      const cut = (key: string) => key.slice(0, key.indexOf(Delimiter) + Delimiter.length);
      const rolled = [...new Set(sorted.filter((key) => key.includes(Delimiter)).map(cut))];
      expect(list.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(rolled);
      expect(list.Contents?.map(({ Key }) => Key)).toEqual(sorted.filter((key) => !key.includes(Delimiter)));
    }
    for (const Prefix of ['a/', 'a%', '\u{1f600}', '/', 'a\r']) {
      const list = await s3.send(new ListObjectsV2Command({ Bucket: 'odd', Prefix }));
      expect(list.Contents?.map(({ Key }) => Key)).toEqual(sorted.filter((key) => key.startsWith(Prefix)));
    }
  });

  it('are copied, uploaded in parts and deleted in bulk', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'odd-copies' }));
    for (const Key of KEYS) {
      const CopySource = `odd/${encodeURIComponent(Key)}`;
      await s3.send(new CopyObjectCommand({ Bucket: 'odd-copies', Key, CopySource }));
      expect(await text('odd-copies', Key)).toBe(`content of ${Key}`);
    }
    const { Deleted, Errors } = await s3.send(
      new DeleteObjectsCommand({ Bucket: 'odd-copies', Delete: { Objects: KEYS.map((Key) => ({ Key })) } }),
    );
    expect([Errors, Deleted?.map(({ Key }) => Key)]).toEqual([undefined, KEYS]);
    expect((await s3.send(new ListObjectsV2Command({ Bucket: 'odd-copies' }))).KeyCount).toBe(0);
    for (const Key of ['a//b', 'a\rb', '../a', '日本&<']) {
      const upload = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'odd-copies', Key }));
      const target = { Bucket: 'odd-copies', Key, UploadId: upload.UploadId };
      expect(upload.Key).toBe(Key);
      const { ETag } = await s3.send(new UploadPartCommand({ ...target, PartNumber: 1, Body: Key }));
      const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: 'odd-copies' }));
      expect(Uploads?.map((one) => one.Key)).toEqual([Key]);
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      const done = await s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload }));
      expect([done.Key, done.Location]).toEqual([
        Key,
        `http://127.0.0.1:${walrus.port}/odd-copies/${encodeURIComponent(Key)}`,
      ]);
      expect(await text('odd-copies', Key)).toBe(Key);
    }
  });

  it('of 1025 bytes, none, or no UTF-8 are refused', async () => {
    const put = async (key: string) =>
      (await sendSigned(walrus.port, { method: 'PUT', target: `/odd/${key}`, body: 'x' })).code;
    expect(await put('x'.repeat(1025))).toBe('KeyTooLongError');
    expect(await put('%C3%BC'.repeat(512) + 'x')).toBe('KeyTooLongError');
    for (const bad of ['%00', 'a%00b', '%ff', '%ed%a0%80', '%c0%80']) expect(await put(bad)).toBe('InvalidURI');
  });

  it('with control characters are listed so that clients that ask for encoding can read them', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'control' }));
    const keys = ['a\u0001b', 'a\u001fb', 'a\u007fb', 'a\ufffeb', 'a\uffffb'];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: 'control', Key, Body: Key }));
    const list = await s3.send(new ListObjectsV2Command({ Bucket: 'control', EncodingType: 'url' }));
    expect(list.Contents?.map(({ Key }) => decodeURIComponent(Key!))).toEqual(keys);
    const plain = await sendSigned(walrus.port, { target: '/control' });
    expect(plain.body.toString()).toContain('<Key>a&#x1;b</Key>');
    for (const Key of keys) expect(await text('control', Key)).toBe(Key);
  });
});

describe('virtual hosts', () => {
  it('have keys that the port itself answers at other hosts, and buckets with dots', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'with.dots.in' }));
    for (const bucket of ['odd', 'with.dots.in']) {
      const headers = { host: `${bucket}.s3.test` };
      for (const key of ['healthz', 'metrics', 'readyz', 'a/b']) {
        const put = await sendSigned(walrus.port, { method: 'PUT', target: `/${key}`, headers, body: `vhost ${key}` });
        expect(put.status).toBe(200);
        const got = await sendSigned(walrus.port, { target: `/${key}`, headers });
        expect(got.body.toString()).toBe(`vhost ${key}`);
        expect((await sendSigned(walrus.port, { target: `/${bucket}/${key}` })).body.toString()).toBe(`vhost ${key}`);
      }
      const listed = await sendSigned(walrus.port, {
        target: '/?list-type=2',
        headers: { host: `${bucket.toUpperCase()}.S3.test:80` },
      });
      expect(listed.body.toString()).toContain(`<Name>${bucket}</Name>`);
    }
    expect((await send(walrus.port, { target: '/healthz' })).body.toString()).toContain('ok');
    expect((await sendSigned(walrus.port, { target: '/k', headers: { host: 'none.s3.test' } })).code).toBe(
      'NoSuchBucket',
    );
  });
});
