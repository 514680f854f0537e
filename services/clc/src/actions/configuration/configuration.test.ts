import { privateDecrypt, constants, X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withCorrelation } from '@mallee/daemon';
import { SoapClient } from '@mallee/soap-rpc';
import {
  MalleeCloud,
  MalleeExtension,
  type MalleeCloudOperations,
  type MalleeExtensionOperations,
} from '@mallee/wsdl-types';
import { parseXml, type XmlElement } from '@mallee/xml';
import { makeIdentity } from '@mallee/testing';
import type { CloudIdentity } from '../../components/clients.js';
import { bootstrap } from '../../identity/bootstrap.js';
import { queryV2, type Answer } from '../../test-support/signed-query.js';
import { startTestClc, type TestClc } from '../../test-support/test-clc.js';

let clc: TestClc;
let walrus: CloudIdentity;
let cluster: CloudIdentity;

beforeAll(async () => {
  clc = await startTestClc();
  [walrus, cluster] = [await makeIdentity('walrus'), await makeIdentity('cc')];
}, 60_000);

afterAll(() => clc?.stop());

async function admin(
  action: string,
  parameters: Record<string, string> = {},
  method: 'GET' | 'POST' = 'POST',
): Promise<Answer> {
  const options = { path: '/services/Configuration', version: 'eucalyptus', method };
  return queryV2(clc.url, clc.admin, action, parameters, options);
}

async function ok(action: string, parameters: Record<string, string> = {}): Promise<XmlElement> {
  const answer = await admin(action, parameters);
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
  return parseXml(answer.text);
}

function textAt(element: XmlElement, ...path: string[]): string {
  let at = element;
  for (const step of path) at = at.children.find((child) => child.local === step)!;
  return at.text;
}

const address = { Host: '127.0.0.1', Port: '8774' };

describe('registration', () => {
  test('register, renew, describe, refuse, deregister', async () => {
    const pem = cluster.certificatePem;
    const answer = await admin('RegisterCluster', { ...address, Name: 'cc1', Partition: 'red', Certificate: pem });
    expect(answer.text).toMatch(
      /^<\?xml[^>]*>\s*<euca:RegisterClusterResponseType xmlns:euca="http:\/\/msgs.eucalyptus.com">/,
    );
    expect(answer.text).toContain('<euca:_return>true</euca:_return>');
    await ok('RegisterCluster', { ...address, Name: 'cc1', Partition: 'red', Port: '8775', Certificate: pem });
    expect(clc.certificates.of('cluster').map((one) => one.trim())).toEqual([pem.trim()]);
    const refused = async (action: string, parameters: Record<string, string>) =>
      /<Code>([^<]*)</.exec((await admin(action, parameters)).text)?.[1];
    const sc = { Name: 'sc1', Certificate: pem, ...address };
    expect(await refused('RegisterStorageController', { ...sc, Partition: 'blue' })).toBe('NoSuchEntity');
    await ok('RegisterStorageController', { ...sc, Partition: 'red' });
    expect(await refused('RegisterCluster', { ...address, Name: 'cc2', Partition: 'red', Certificate: pem })).toBe(
      'EntityAlreadyExists',
    );
    expect(await refused('RegisterCluster', { ...address, Name: 'cc3', Host: 'a b', Certificate: pem })).toBe(
      'InvalidParameterValue',
    );
    expect(await refused('RegisterCluster', { ...address, Name: 'cc3', Certificate: 'nonsense' })).toBe(
      'InvalidParameterValue',
    );
    expect(await refused('DeregisterCluster', { Name: 'cc1' })).toBe('DeleteConflict');
    await ok('RegisterWalrus', { ...address, Name: 'walrus', Certificate: walrus.certificatePem });
    await clc.pool.query(
      `update component set last_error = 'no route', last_error_code = 'Wire.PeerUnreachable' where name = 'sc1'`,
    );
    const described = await ok('DescribeComponents');
    const items = described.children.find((child) => child.local === 'registered')!.children;
    expect(items.map((item) => [textAt(item, 'type'), textAt(item, 'name'), textAt(item, 'state')])).toEqual([
      ['cluster', 'cc1', 'NOTREADY'],
      ['storage', 'sc1', 'DOWN'],
      ['walrus', 'walrus', 'NOTREADY'],
    ]);
    expect(textAt(items[1]!, 'reason')).toBe('no route');
    await ok('DeregisterStorageController', { Name: 'sc1' });
    expect(await refused('DeregisterStorageController', { Name: 'sc1' })).toBe('NoSuchEntity');
  });

  test('how an original cluster speaks is kept until something else is said', async () => {
    const one = { ...address, Name: 'old', Partition: 'old', Port: '8790', Certificate: cluster.certificatePem };
    const speech = async (): Promise<string[]> => {
      const items = (await ok('DescribeComponents')).children.find((child) => child.local === 'registered')!.children;
      const item = items.find((candidate) => textAt(candidate, 'name') === 'old')!;
      return ['dialect', 'profile', 'suite'].map((name) => textAt(item, name));
    };
    await ok('RegisterCluster', { ...one, Profile: 'headers-only' });
    expect(await speech()).toEqual(['2.0', 'headers-only', 'rsa-sha1']);
    await ok('RegisterCluster', { ...one, Port: '8791' });
    expect(await speech()).toEqual(['2.0', 'headers-only', 'rsa-sha1']);
    await ok('RegisterCluster', { ...one, Dialect: '4.4', Suite: 'rsa-sha1' });
    expect(await speech()).toEqual(['4.4', 'body-timestamp', 'rsa-sha1']);
    await ok('RegisterCluster', { ...one, Dialect: '2.0' });
    expect(await speech()).toEqual(['2.0', 'body-timestamp', 'rsa-sha256']);
    const wrong = await admin('RegisterCluster', { ...one, Dialect: '3.0' });
    expect(wrong.status).toBe(400);
    await ok('DeregisterCluster', { Name: 'old' });
  });

  test('only administrators of the cloud', async () => {
    const user = await clc.addUser('plain');
    const answer = await queryV2(
      clc.url,
      user,
      'DescribeComponents',
      {},
      { path: '/services/Configuration', version: 'eucalyptus' },
    );
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('<Code>UnauthorizedOperation</Code>')]);
  });
});

describe('accounts', () => {
  test('account, user, key, certificates; given ids are kept; the new key works', async () => {
    const given = { AccountId: '123456789012', CanonicalId: 'ab'.repeat(32), Email: 'a@example.org' };
    const account = await ok('CreateAccount', { AccountName: 'main', ...given });
    expect(textAt(account, 'account', 'accountId')).toBe('123456789012');
    const who = { AccountName: 'main', UserName: 'alice' };
    await ok('CreateUser', who);
    const key = await ok('CreateAccessKey', { ...who, AccessKeyId: 'FIXEDKEY', SecretAccessKey: 'fixed-secret' });
    expect(textAt(key, 'accessKey', 'secretAccessKey')).toBe('fixed-secret');
    const fixed = { accessKeyId: 'FIXEDKEY', secretAccessKey: 'fixed-secret' };
    expect((await queryV2(clc.url, fixed, 'DescribeRegions')).status).toBe(200);
    const made = await ok('CreateSigningCertificate', who);
    const certificate = new X509Certificate(textAt(made, 'certificate', 'certificateBody'));
    expect(textAt(made, 'certificate', 'privateKey')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(certificate.subject).toContain('CN=alice');
    const upload = { ...who, CertificateBody: walrus.certificatePem };
    await ok('UploadSigningCertificate', upload);
    expect((await admin('UploadSigningCertificate', upload)).text).toContain('EntityAlreadyExists');
    expect((await admin('CreateUser', { ...who, AccountName: 'none' })).text).toContain('NoSuchEntity');
    expect((await admin('CreateAccount', { AccountName: 'main' })).status).toBe(409);
    const users = await ok('DescribeUsers', { 'UserNames.1': 'alice' });
    const item = users.children.find((child) => child.local === 'users')!.children[0]!;
    expect(textAt(item, 'accessKeys', 'item', 'entry')).toBe('FIXEDKEY');
    expect(item.children.find((child) => child.local === 'certificates')!.children).toHaveLength(2);
  });

  test('bootstrap writes the first credentials once, for its owner only', async () => {
    const file = join(clc.directory, 'credentials.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(clc.admin).toMatchObject({
      accountId: '000000000001',
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^.{40}$/),
    });
    const certificate = new X509Certificate(clc.admin.certificate);
    expect(certificate.subject).toContain('CN=admin');
    expect(await bootstrap(clc.pool, join(clc.directory, 'other.json'), clc.logger)).toBe(false);
    await expect(stat(join(clc.directory, 'other.json'))).rejects.toThrow();
  });
});

describe('revocation', () => {
  test('a disabled user and a deleted key are refused at once; the last administrator cannot be locked out', async () => {
    await ok('CreateUser', { AccountName: 'main', UserName: 'bob' });
    const key = { accessKeyId: 'BOBKEY', secretAccessKey: 'bob-secret' };
    await ok('CreateAccessKey', {
      AccountName: 'main',
      UserName: 'bob',
      AccessKeyId: 'BOBKEY',
      SecretAccessKey: 'bob-secret',
    });
    const status = async () => (await queryV2(clc.url, key, 'DescribeRegions')).status;
    expect(await status()).toBe(200);
    await ok('UpdateUser', { AccountName: 'main', UserName: 'bob', Enabled: 'false' });
    expect(await status()).toBe(403);
    await ok('UpdateUser', { AccountName: 'main', UserName: 'bob', Enabled: 'true' });
    expect(await status()).toBe(200);
    await ok('DeleteAccessKey', { AccessKeyId: 'BOBKEY' });
    expect(await status()).toBe(403);
    expect((await admin('DeleteAccessKey', { AccessKeyId: 'BOBKEY' })).text).toContain('NoSuchEntity');
    expect((await admin('DeleteAccessKey', { AccessKeyId: clc.admin.accessKeyId })).text).toContain('DeleteConflict');
    const self = { AccountName: 'eucalyptus', UserName: 'admin', Enabled: 'false' };
    expect((await admin('UpdateUser', self)).text).toContain('DeleteConflict');
    const made = await ok('CreateSigningCertificate', { AccountName: 'main', UserName: 'bob' });
    await ok('DeleteSigningCertificate', { CertificateId: textAt(made, 'certificate', 'certificateId') });
  });
});

describe('signed SOAP endpoints', () => {
  function cloudClient(identity: CloudIdentity): SoapClient<MalleeCloudOperations> {
    const url = clc.url + MalleeCloud.path;
    return new SoapClient({ service: MalleeCloud, url, identity, peerCertificates: [clc.identity.certificatePem] });
  }

  test('ResolveAccessKey gives the secret to the registered Walrus alone', async () => {
    const client = cloudClient(walrus);
    const found = await client.call('ResolveAccessKey', { accessKeyId: clc.admin.accessKeyId });
    expect(found).toMatchObject({
      found: true,
      accountId: '000000000001',
      accountName: 'eucalyptus',
      userName: 'admin',
      admin: true,
      canonicalId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(found.certificates).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain(clc.admin.secretAccessKey);
    const cipher = Buffer.from(found.encryptedSecret!, 'base64');
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const secret = privateDecrypt({ key: walrus.privateKeyPem, padding, oaepHash: 'sha256' }, cipher);
    expect(secret.toString()).toBe(clc.admin.secretAccessKey);
    expect(await client.call('ResolveAccessKey', { accessKeyId: 'AKIANOBODY' })).toMatchObject({ found: false });
    client.close();
    const stranger = cloudClient(cluster);
    await expect(stranger.call('ResolveAccessKey', { accessKeyId: clc.admin.accessKeyId })).rejects.toMatchObject({
      code: 'Wire.PeerFault',
      details: { peerCode: 'Wire.UnknownCertificate' },
    });
    stranger.close();
  });

  test('ResolveAccount by id, canonical id or e-mail', async () => {
    const client = cloudClient(walrus);
    const byMail = await client.call('ResolveAccount', { email: 'A@example.org' });
    expect(byMail).toMatchObject({ found: true, accountId: '123456789012', displayName: 'main' });
    expect(byMail.certificates).toHaveLength(2);
    expect((await client.call('ResolveAccount', { canonicalId: 'ab'.repeat(32) })).accountId).toBe('123456789012');
    expect((await client.call('ResolveAccount', { accountId: '999999999999' })).found).toBe(false);
    expect((await client.call('ResolveAccount', {})).found).toBe(false);
    client.close();
  });

  test('ResolveCertificate: whose it is, until it is revoked', async () => {
    const client = cloudClient(walrus);
    const { certificates } = await client.call('ResolveAccount', { accountId: '123456789012' });
    const pem = certificates[0]!;
    const fingerprint = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
    const found = await client.call('ResolveCertificate', { fingerprint });
    expect(found).toMatchObject({
      found: true,
      accountId: '123456789012',
      canonicalId: 'ab'.repeat(32),
      displayName: 'main',
    });
    expect(found.certificate?.trim()).toBe(pem.trim());
    expect((await client.call('ResolveCertificate', { fingerprint: 'ab' })).found).toBe(false);
    const stranger = cloudClient(cluster).call('ResolveCertificate', { fingerprint });
    await expect(stranger).rejects.toMatchObject({ details: { peerCode: 'Wire.UnknownCertificate' } });
    client.close();
  });

  test('a cluster reports its nodes, Walrus is told of those of all, and nobody else', async () => {
    const [fromCluster, fromWalrus] = [cloudClient(cluster), cloudClient(walrus)];
    const unknown = { details: { peerCode: 'Wire.UnknownCertificate' } };
    const certificates = [cluster.certificatePem, walrus.certificatePem];
    await fromCluster.call('ReportNodes', { certificates });
    const { certificates: listed } = await fromWalrus.call('ListNodes', {});
    expect([...listed].sort()).toEqual(certificates.map((pem) => pem.trim() + '\n').sort());
    await fromCluster.call('ReportNodes', { certificates: [] });
    expect((await fromWalrus.call('ListNodes', {})).certificates).toEqual([]);
    await expect(fromCluster.call('ListNodes', {})).rejects.toMatchObject(unknown);
    await expect(fromWalrus.call('ReportNodes', { certificates })).rejects.toMatchObject(unknown);
    const nonsense = fromCluster.call('ReportNodes', { certificates: ['nonsense'] });
    await expect(nonsense).rejects.toMatchObject({ details: { peerCode: 'InvalidParameterValue' } });
    fromCluster.close();
    fromWalrus.close();
  });

  test('Hint of a registered cluster reaches the lifecycle with the zone of its certificate', async () => {
    const url = clc.url + MalleeExtension.path;
    const hint = async (identity: CloudIdentity) => {
      const client = new SoapClient<MalleeExtensionOperations>({
        service: MalleeExtension,
        url,
        identity,
        peerCertificates: [clc.identity.certificatePem],
      });
      const request = { source: 'http://elsewhere', subjects: ['i-1'] };
      await withCorrelation(crypto.randomUUID(), () => client.call('Hint', request)).finally(() => client.close());
    };
    await hint(cluster);
    expect(clc.hints).toEqual([{ zone: 'red', ids: ['i-1'] }]);
    await expect(hint(walrus)).rejects.toMatchObject({ details: { peerCode: 'Wire.UnknownCertificate' } });
    expect(clc.hints).toHaveLength(1);
  });
});
