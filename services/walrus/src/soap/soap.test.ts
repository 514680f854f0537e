import { randomBytes } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import * as soap from 'soap';
import { sdk, send, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';
import { alice, bob } from '../test-support/serve.js';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity';
const PREFIXES = { existingPrefixes: { wsse: `${WSS}-secext-1.0.xsd` } };
const PATH = '/services/Walrus';

let walrus: Fixture;
let s3: S3Client;
let alices: TestIdentity;
let bobs: TestIdentity;
type Client = soap.Client & Record<string, (input: object) => Promise<[Record<string, never>, string]>>;
let client: Client;

beforeAll(async () => {
  [alices, bobs] = await Promise.all([makeIdentity('alice'), makeIdentity('bob')]);
  const certificates = { [alice.accountId]: [alices.certificatePem], [bob.accountId]: [bobs.certificatePem] };
  walrus = await startFixture({ certificates });
  s3 = sdk(walrus.port);
  client = await clientOf(alices);
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await walrus?.stop();
}, 60_000);

/** The `soap` client of npm with its own WS-Security, over the WSDL that is served. */
async function clientOf(who: TestIdentity): Promise<Client> {
  const made = await soap.createClientAsync(`http://127.0.0.1:${walrus.port}${PATH}?wsdl`, { disableCache: true });
  made.setSecurity(security(who));
  return made;
}

function security(who: TestIdentity): soap.WSSecurityCert {
  return new soap.WSSecurityCert(who.privateKeyPem, who.certificatePem, '', {
    hasTimeStamp: true,
    signatureTransformations: [EXCLUSIVE],
    signerOptions: { idMode: 'wssecurity', ...PREFIXES },
  });
}

/** Each message needs a signature of its own: the security of this client keeps state. Two equal ones in a second are one. */
async function call(name: string, input: object, by = client, who = alices): Promise<Record<string, unknown>> {
  by.setSecurity(security(who));
  const [result] = await by[`${name}Async`]!(input);
  return result ?? {};
}

async function faultOf(name: string, input: object, by = client, who = alices): Promise<string> {
  return await call(name, input, by, who).then(
    () => 'nothing',
    (error: unknown) => {
      const { root } = error as { root?: { Envelope: { Body: { Fault: { faultcode: string } } } } };
      return root?.Envelope.Body.Fault.faultcode ?? String(error);
    },
  );
}

describe('S3 by SOAP', () => {
  it('makes, lists and deletes buckets', async () => {
    expect(await call('CreateBucket', { Bucket: 'first', LocationConstraint: 'EU' })).toEqual({
      CreateBucketReturn: { BucketName: 'first' },
    });
    const { ListAllMyBucketsResponse: mine } = (await call('ListAllMyBuckets', {})) as Record<string, never>;
    expect(mine).toMatchObject({ Owner: { ID: alice.canonicalId, DisplayName: 'alice' } });
    expect(JSON.stringify(mine)).toContain('"first"');
    expect(await call('GetBucketLocation', { Bucket: 'first' })).toMatchObject({
      GetBucketLocationResponse: { LocationConstraint: 'EU' },
    });
    expect(await faultOf('CreateBucket', { Bucket: 'first' }, await clientOf(bobs), bobs)).toBe(
      'soapenv:Client.BucketAlreadyExists',
    );
    expect(await call('DeleteBucket', { Bucket: 'first' })).toEqual({
      DeleteBucketResponse: { Code: 204, Description: 'No Content' },
    });
    expect(await faultOf('DeleteBucket', { Bucket: 'second' })).toBe('soapenv:Client.NoSuchBucket');
    expect(await faultOf('CreateBucket', { Bucket: '../x' })).toBe('soapenv:Client.InvalidBucketName');
  }, 60_000);

  it('puts, gets, copies and deletes objects that the REST interface sees, too', async () => {
    await call('CreateBucket', { Bucket: 'things' });
    const data = randomBytes(70_000);
    const put = await call('PutObjectInline', {
      Bucket: 'things',
      Key: 'a/b c&d',
      Metadata: [
        { Name: 'Color', Value: 'red' },
        { Name: 'Content-Type', Value: 'text/plain' },
      ],
      Data: data.toString('base64'),
      ContentLength: data.length,
    });
    expect(put).toMatchObject({ PutObjectInlineResponse: { ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) } });
    const seen = await s3.send(new GetObjectCommand({ Bucket: 'things', Key: 'a/b c&d' }));
    expect(seen).toMatchObject({ ContentType: 'text/plain', Metadata: { color: 'red' } });
    expect(Buffer.from(await seen.Body!.transformToByteArray()).equals(data)).toBe(true);

    const read = { Bucket: 'things', Key: 'a/b c&d', GetMetadata: true, GetData: true, InlineData: true };
    const { GetObjectResponse: got } = (await call('GetObject', read)) as {
      GetObjectResponse: { Data: string; Metadata: object[] };
    };
    expect(Buffer.from(got.Data, 'base64').equals(data)).toBe(true);
    expect(got.Metadata).toContainEqual({ Name: 'color', Value: 'red' });
    const range = { ...read, ByteRangeStart: 10, ByteRangeEnd: 19 };
    const part = (await call('GetObjectExtended', range)) as { GetObjectResponse: { Data: string; Status: object } };
    expect(part.GetObjectResponse).toMatchObject({
      Status: { Code: 206 },
      Data: data.subarray(10, 20).toString('base64'),
    });
    expect(await faultOf('GetObjectExtended', { ...read, IfMatch: '"other"' })).toBe(
      'soapenv:Client.PreconditionFailed',
    );
    const late = { ...range, IfMatch: '"other"', ReturnCompleteObjectOnConditionFailure: true };
    expect(await call('GetObjectExtended', late)).toMatchObject({ GetObjectResponse: { Status: { Code: 200 } } });
    expect(await faultOf('GetObject', { ...read, InlineData: false })).toBe('soapenv:Server.NotImplemented');

    const copy = {
      SourceBucket: 'things',
      SourceObject: 'a/b c&d',
      DestinationBucket: 'things',
      DestinationObject: 'copy',
    };
    expect(await call('CopyObject', copy)).toHaveProperty('CopyObjectResult.ETag');
    const list = await call('ListBucket', { Bucket: 'things', Prefix: '', MaxKeys: 10, Delimiter: '/' });
    expect(list).toMatchObject({
      ListBucketResponse: { Name: 'things', IsTruncated: false, CommonPrefixes: [{ Prefix: 'a/' }] },
    });
    for (const Key of ['copy', 'a/b c&d']) {
      expect(await call('DeleteObject', { Bucket: 'things', Key })).toMatchObject({
        DeleteObjectResponse: { Code: 204 },
      });
    }
    expect(await faultOf('GetObject', { ...read, GetMetadata: false })).toBe('soapenv:Client.NoSuchKey');
  }, 60_000);

  it('keeps others out, and lets them in by ACL', async () => {
    await call('CreateBucket', { Bucket: 'shared' });
    await s3.send(new PutObjectCommand({ Bucket: 'shared', Key: 'k', Body: 'text' }));
    const asBob = await clientOf(bobs);
    const read = { Bucket: 'shared', Key: 'k', GetMetadata: false, GetData: true, InlineData: true };
    expect(await faultOf('GetObject', read, asBob, bobs)).toBe('soapenv:Client.AccessDenied');
    for (const name of [
      'GetBucketLoggingStatus',
      'GetBucketVersioningStatus',
      'GetBucketAccessControlPolicy',
      'ListBucket',
    ]) {
      expect(await faultOf(name, { Bucket: 'shared' }, asBob, bobs)).toBe('soapenv:Client.AccessDenied');
    }
    const AccessControlList = {
      Grant: [
        {
          Grantee: { attributes: { 'xsi:type': 's3:CanonicalUser' }, ID: alice.canonicalId },
          Permission: 'FULL_CONTROL',
        },
        { Grantee: { attributes: { 'xsi:type': 's3:CanonicalUser' }, ID: bob.canonicalId }, Permission: 'READ' },
      ],
    };
    await call('SetObjectAccessControlPolicy', { Bucket: 'shared', Key: 'k', AccessControlList });
    expect(JSON.stringify(await call('GetObjectAccessControlPolicy', { Bucket: 'shared', Key: 'k' }))).toContain(
      bob.canonicalId,
    );
    expect(await call('GetObject', { ...read, Credential: 'none' }, asBob, bobs)).toMatchObject({
      GetObjectResponse: { Data: Buffer.from('text').toString('base64') },
    });
    await call('SetBucketAccessControlPolicy', { Bucket: 'shared', AccessControlList });
    expect(await call('ListBucket', { Bucket: 'shared', MaxKeys: 9 }, asBob, bobs)).toMatchObject({
      ListBucketResponse: { Name: 'shared' },
    });
    // Whom the Body names does not matter.
    const named = { ...read, Key: 'k', AWSAccessKeyId: alice.accessKeyId, Credential: alice.accessKeyId };
    await call('SetObjectAccessControlPolicy', { Bucket: 'shared', Key: 'k', AccessControlList: { Grant: [] } });
    expect(await faultOf('GetObject', named, asBob, bobs)).toBe('soapenv:Client.AccessDenied');
  }, 60_000);

  it('sets and shows versioning and logging', async () => {
    for (const Bucket of ['source', 'logs']) await call('CreateBucket', { Bucket });
    const group = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
    const grants = ['WRITE', 'READ_ACP'].map((permission) => [
      `x-amz-grant-${permission.toLowerCase().replace('_', '-')}`,
      `uri="${group}"`,
    ]);
    await sendSigned(walrus.port, { method: 'PUT', target: '/logs?acl', headers: Object.fromEntries(grants) });
    await call('SetBucketVersioningStatus', { Bucket: 'source', VersioningStatus: 'Enabled' });
    expect(await call('GetBucketVersioningStatus', { Bucket: 'source' })).toMatchObject({
      GetBucketVersioningStatusResponse: { Status: 'Enabled' },
    });
    const LoggingEnabled = { TargetBucket: 'logs', TargetPrefix: 'x/' };
    await call('SetBucketLoggingStatus', { Bucket: 'source', BucketLoggingStatus: { LoggingEnabled } });
    expect(await call('GetBucketLoggingStatus', { Bucket: 'source' })).toMatchObject({
      GetBucketLoggingStatusResponse: { LoggingEnabled },
    });
    await call('PutObjectInline', { Bucket: 'source', Key: 'v', Data: 'AAAA', ContentLength: 3 });
    expect(await call('ListVersions', { Bucket: 'source' })).toHaveProperty('ListVersionsResponse');
  }, 60_000);
});

describe('a message', () => {
  const NS = 'http://s3.amazonaws.com/doc/2006-03-01/';
  const post = async (body: string, action = '""') =>
    send(walrus.port, {
      method: 'POST',
      target: PATH,
      body,
      headers: { soapaction: action, 'content-type': 'text/xml' },
    });
  const codeOf = ({ body }: { body: Buffer }): string | undefined =>
    /<faultcode>soapenv:([^<]+)/.exec(body.toString())?.[1];
  const bare = (content: string): string =>
    `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header></soapenv:Header><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
  const signed = (content: string, who = alices): string => security(who).postProcess(bare(content), 'soapenv');
  const list = `<ListAllMyBuckets xmlns="${NS}"></ListAllMyBuckets>`;

  it('is taken once, in time, from a user, and whole', async () => {
    const good = signed(list);
    expect((await post(good)).status).toBe(200);
    expect(codeOf(await post(good))).toBe('Client.InvalidSecurity'); // again
    expect(codeOf(await post(bare(list)))).toBe('Client.InvalidSecurity');
    expect(codeOf(await post(signed(list, await makeIdentity('stranger'))))).toBe('Client.InvalidSecurity');
    const forged = signed(list)
      .replace('ListAllMyBuckets xmlns', 'ListBucket xmlns')
      .replace('/ListAllMyBuckets', '/ListBucket');
    expect(codeOf(await post(forged))).toBe('Client.InvalidSecurity');
    const untimed = new soap.WSSecurityCert(alices.privateKeyPem, alices.certificatePem, '', {
      hasTimeStamp: false,
      signatureTransformations: [EXCLUSIVE],
      signerOptions: { idMode: 'wssecurity', ...PREFIXES },
    });
    expect(codeOf(await post(untimed.postProcess(bare(list), 'soapenv')))).toBe('Client.InvalidSecurity');
  });

  it('wrapped in another is refused', async () => {
    const message = signed(list);
    const body = /<soapenv:Body.*<\/soapenv:Body>/s.exec(message)![0];
    const forged = `<soapenv:Body><DeleteBucket xmlns="${NS}"><Bucket>things</Bucket></DeleteBucket></soapenv:Body>`;
    const wrapped = message
      .replace(body, forged)
      .replace('<soapenv:Header>', `<soapenv:Header><x:w xmlns:x="urn:x">${body}</x:w>`);
    expect(codeOf(await post(wrapped))).toBe('Client.InvalidSecurity');
    expect(codeOf(await post(message.replace(body, body + forged)))).toBe('Client.InvalidSecurity');
    expect(codeOf(await post(message.replace(body, forged + body)))).toBe('Client.InvalidSecurity');
  });

  it('that follows no schema gets a fault and does nothing', async () => {
    const outcome = async (content: string, action?: string) => codeOf(await post(signed(content), action));
    const other = (what: string): string => list.replace('></', `><Credential>${what}</Credential></`);
    expect(await outcome('<ListAllMyBuckets xmlns="urn:other"/>')).toBe('Client.MalformedXML');
    expect(await outcome(`<Nothing xmlns="${NS}"/>`)).toBe('Server.NotImplemented');
    expect(await outcome(`<constructor xmlns="${NS}"/>`)).toBe('Server.NotImplemented');
    expect(await outcome(`<DeleteBucket xmlns="${NS}"/>`)).toBe('Client.MalformedXML');
    expect(await outcome(`<DeleteBucket xmlns="${NS}"><Bucket>a</Bucket><Bucket>b</Bucket></DeleteBucket>`)).toBe(
      'Client.MalformedXML',
    );
    expect(await outcome(`<DeleteBucket xmlns="${NS}"><Bucket>abc</Bucket><x/></DeleteBucket>`)).toBe(
      'Client.MalformedXML',
    );
    expect(await outcome(other('a'), '"DeleteBucket"')).toBe('Client.MalformedXML');
    expect(await outcome(other('b'), '"ListAllMyBuckets"')).toBeUndefined();
    expect(codeOf(await post('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))).toBe('Client.MalformedXML');
    expect(codeOf(await post('nonsense'))).toBe('Client.MalformedXML');
    expect(codeOf(await post('x'.repeat(12 * 1024 * 1024)))).toBe('Client.MaxMessageLengthExceeded');
    expect(
      await outcome(
        `<PutObjectInline xmlns="${NS}"><Bucket>things</Bucket><Key>k</Key><Data>AAAA</Data><ContentLength>4</ContentLength></PutObjectInline>`,
      ),
    ).toBe('Client.IncompleteBody');
  });

  it('leaves the REST interface alone', async () => {
    expect((await send(walrus.port, { target: PATH })).code).toBe('AccessDenied');
    expect((await send(walrus.port, { method: 'POST', target: PATH })).code).toBe('MethodNotAllowed');
    const wsdl = await send(walrus.port, { target: `${PATH}?wsdl` });
    expect([wsdl.status, wsdl.headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8']);
  });
});
