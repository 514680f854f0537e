import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  type DeleteObjectsCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sdk, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';
import { bob } from '../test-support/serve.js';

let walrus: Fixture;
let s3: S3Client;

beforeAll(async () => {
  walrus = await startFixture();
  s3 = sdk(walrus.port);
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await walrus?.stop();
}, 60_000);

const remove = (Bucket: string, Delete: DeleteObjectsCommandInput['Delete']) =>
  s3.send(new DeleteObjectsCommand({ Bucket, Delete }));

const versions = async (Bucket: string) => {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return { objects: Versions.map(({ Key }) => Key), markers: DeleteMarkers };
};

describe('DeleteObjects', () => {
  it('takes a thousand keys at once, also quietly, and those that are not there', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'many' }));
    const keys = Array.from({ length: 999 }, (_, n) => `k${String(n).padStart(4, '0')}`);
    await walrus.pool.query(
      `insert into object_version (bucket, object_key, version_id, rank, size, etag, content_type, account_id, canonical_id, display_name, acl)
       select name, k, 'null', nextval('version_rank'), 0, '', '', account_id, canonical_id, display_name, acl
         from bucket, unnest($1::text[]) as k where name = 'many'`,
      [keys],
    );
    const Objects = [...keys, 'not-there'].map((Key) => ({ Key }));
    const { Deleted, Errors } = await remove('many', { Objects, Quiet: true });
    expect([Deleted, Errors]).toEqual([undefined, undefined]);
    expect((await versions('many')).objects).toEqual([]);
    const again = await remove('many', { Objects: Objects.slice(-2) });
    expect(again.Deleted).toEqual(Objects.slice(-2));
  }, 120_000);

  it('removes versions and markers by id, adds markers else, and says which', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'kept', ObjectLockEnabledForBucket: true }));
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket: 'kept', VersioningConfiguration }));
    const put = async (Key: string) =>
      (await s3.send(new PutObjectCommand({ Bucket: 'kept', Key, Body: 'x' }))).VersionId;
    const [a, , held] = [await put('a'), await put('b'), await put('held')];
    const LegalHold = { Status: 'ON' as const };
    await s3.send(new PutObjectLegalHoldCommand({ Bucket: 'kept', Key: 'held', VersionId: held, LegalHold }));
    const first = await remove('kept', {
      Objects: [
        { Key: 'a', VersionId: a },
        { Key: 'b' },
        { Key: 'held', VersionId: held },
        { Key: 'a', VersionId: 'none' },
      ],
      Quiet: false,
    });
    const marker = first.Deleted?.find(({ Key }) => Key === 'b');
    expect(marker).toMatchObject({ DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) });
    expect(first.Deleted?.filter(({ Key }) => Key === 'a')).toEqual([
      { Key: 'a', VersionId: a },
      { Key: 'a', VersionId: 'none' },
    ]);
    expect(first.Errors).toEqual([{ Key: 'held', VersionId: held, Code: 'AccessDenied', Message: 'Access Denied' }]);
    const VersionId = marker!.DeleteMarkerVersionId!;
    const second = await remove('kept', { Objects: [{ Key: 'b', VersionId }], Quiet: false });
    expect(second.Deleted).toEqual([{ Key: 'b', VersionId, DeleteMarker: true, DeleteMarkerVersionId: VersionId }]);
    expect(await versions('kept')).toEqual({ objects: ['b', 'held'], markers: [] });
  });

  it('asks the policy for each key', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'policed' }));
    const Statement = [
      { Effect: 'Allow', Principal: '*', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::policed/mine/*' },
    ];
    const policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await sendSigned(walrus.port, { method: 'PUT', target: '/policed?policy', body: policy });
    const body = '<Delete><Object><Key>mine/a</Key></Object><Object><Key>other</Key></Object></Delete>';
    const reply = await sendSigned(walrus.port, { method: 'POST', target: '/policed?delete', body }, bob);
    expect(reply.body.toString()).toMatch(
      /<Deleted><Key>mine\/a<\/Key><\/Deleted><Error><Key>other<\/Key><Code>AccessDenied</,
    );
  });

  it.each([
    ['nothing', '<Delete></Delete>', 'MalformedXML'],
    ['more than a thousand', `<Delete>${'<Object><Key>k</Key></Object>'.repeat(1001)}</Delete>`, 'MalformedXML'],
    ['a key of no length', '<Delete><Object><Key></Key></Object></Delete>', 'InvalidRequest'],
    [
      'a document type',
      '<!DOCTYPE a [<!ENTITY b "c">]><Delete><Object><Key>&b;</Key></Object></Delete>',
      'MalformedXML',
    ],
    ['elements without end', `<Delete>${'<a>'.repeat(100_000)}`, 'MalformedXML'],
    ['too many elements', `<Delete>${'<a/>'.repeat(300_000)}</Delete>`, 'MalformedXML'],
    ['too many bytes', `<Delete>${' '.repeat(3 * 1024 * 1024)}</Delete>`, 'MaxMessageLengthExceeded'],
    ['UTF-16', `\ufeff<Delete/>`, 'MalformedXML'],
  ])('refuses %s', async (_, body, code) => {
    const encoded = code === 'MalformedXML' && body.startsWith('\ufeff') ? Buffer.from(body, 'utf16le') : body;
    expect((await sendSigned(walrus.port, { method: 'POST', target: '/many?delete', body: encoded })).code).toBe(code);
  });
});
