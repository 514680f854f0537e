import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { describeReal, makeIdentity, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import forge from 'node-forge';
import {
  createSelfSignedCertificate,
  keyDirectoryFiles,
  readKeyDirectory,
  readPkcs12,
  writeKeyDirectory,
  type CertifiedKey,
  type KeyDirectory,
} from './index.js';

let scratch: ScratchDirectory;
let content: KeyDirectory;
let other: CertifiedKey;

beforeAll(async () => {
  const [cloud, cluster, node, another] = await Promise.all(
    ['eucalyptus', 'cc-one', 'nc-one', 'other'].map(makeIdentity),
  );
  content = { cloud: cloud!, cluster: cluster!, node: node! };
  other = another!;
});
beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => scratch.remove());

const at = (...path: string[]): string => join(scratch.path, ...path);
const code = (name: string): unknown => expect.objectContaining({ code: name });

test('each role gets exactly the files that its original reads, private to their owner', () => {
  for (const role of ['nc', 'cc', 'cloud'] as const) {
    writeKeyDirectory(at(role), role, content);
    expect(readdirSync(at(role)).sort()).toEqual([...keyDirectoryFiles[role]].sort());
    expect(statSync(at(role)).mode & 0o777).toBe(0o700);
    for (const name of keyDirectoryFiles[role]) {
      expect([name, statSync(at(role, name)).mode & 0o777]).toEqual([name, name.endsWith('-cert.pem') ? 0o644 : 0o600]);
    }
  }
  expect(readFileSync(at('nc/node-pk.pem'), 'utf8')).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  expect(readdirSync(at('nc'))).not.toContain('cluster-pk.pem');
  expect(readFileSync(at('cc/vtunpass'), 'utf8')).toMatch(/^[0-9a-f]{512}$/);
});

test('what was written is read back, and written again without a change', () => {
  for (const role of ['nc', 'cc', 'cloud'] as const) {
    writeKeyDirectory(at(role), role, content);
    const back = readKeyDirectory(at(role), role);
    expect(writeKeyDirectory(at(role), role, { ...content, ...back })).toEqual([]);
  }
});

test('a file that says something else stays unless it is forced, and then nothing else was written before', () => {
  mkdirSync(at('nc'));
  writeFileSync(at('nc/node-pk.pem'), 'precious');
  expect(() => writeKeyDirectory(at('nc'), 'nc', content)).toThrow(code('Keys.WouldOverwrite'));
  expect(readdirSync(at('nc'))).toEqual(['node-pk.pem']);
  writeKeyDirectory(at('nc'), 'nc', content, { force: true });
  expect(readKeyDirectory(at('nc'), 'nc').node?.certificatePem).toBe(content.node!.certificatePem);
});

test('keys that do not fit, weak keys and missing files are refused by name', () => {
  writeKeyDirectory(at('cc'), 'cc', content);
  rmSync(at('cc/cloud-cert.pem'));
  expect(() => readKeyDirectory(at('cc'), 'cc')).toThrow(/cloud-cert\.pem is missing/);
  writeKeyDirectory(at('cc'), 'cc', content);
  writeFileSync(at('cc/node-cert.pem'), other.certificatePem);
  expect(() => readKeyDirectory(at('cc'), 'cc')).toThrow(/node-pk\.pem: the key does not belong/);
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const privateKeyPem = weak.toString();
  const node = { privateKeyPem, certificatePem: createSelfSignedCertificate({ privateKeyPem, commonName: 'weak' }) };
  expect(() => writeKeyDirectory(at('weak'), 'nc', { ...content, node })).toThrow(/1024 bits/);
  const mixed = { ...content, node: { ...other, certificatePem: content.node!.certificatePem } };
  expect(() => writeKeyDirectory(at('mixed'), 'nc', mixed)).toThrow(code('Keys.Invalid'));
});

test('the key of the cloud comes from euca.p12 where there is no PEM file, by its alias', () => {
  writeKeyDirectory(at('cloud'), 'cloud', content);
  rmSync(at('cloud/cloud-pk.pem'));
  expect(readKeyDirectory(at('cloud'), 'cloud').cloud?.certificatePem).toBe(content.cloud!.certificatePem);
  const file = readFileSync(at('cloud/euca.p12'));
  expect(() => readPkcs12(file, 'wrong', 'eucalyptus')).toThrow(code('Keys.Invalid'));
  expect(() => readPkcs12(Buffer.from('nonsense'), 'eucalyptus', 'eucalyptus')).toThrow(code('Keys.Invalid'));
  const p12 = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(file.toString('binary')), 'eucalyptus');
  expect(p12.getBags({ friendlyName: 'eucalyptus' }).friendlyName).toHaveLength(2);
});

describeReal({ programs: ['openssl'] }, 'openssl as the reader', () => {
  const openssl = (...args: string[]): string =>
    execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  test('reads keys, certificates and euca.p12, and finds that they belong together', () => {
    writeKeyDirectory(at('cc'), 'cc', content);
    writeKeyDirectory(at('cloud'), 'cloud', content);
    for (const [role, who] of [
      ['cc', 'cluster'],
      ['cc', 'node'],
      ['cloud', 'cloud'],
    ] as const) {
      const key = at(role, `${who}-pk.pem`);
      expect(openssl('rsa', '-in', key, '-check', '-noout')).toContain('RSA key ok');
      const modulus = openssl('rsa', '-in', key, '-modulus', '-noout');
      expect(openssl('x509', '-in', at(role, `${who}-cert.pem`), '-modulus', '-noout')).toBe(modulus);
    }
    const legacy = ['-legacy', '-in', at('cloud/euca.p12'), '-passin', 'pass:eucalyptus', '-nodes'];
    expect(openssl('pkcs12', ...legacy)).toMatch(/friendlyName: eucalyptus[\s\S]*PRIVATE KEY/);
  });

  test('what openssl makes can be taken over, in both forms of the key', () => {
    mkdirSync(at('nc'));
    const subject = ['-subj', '/C=US/O=User/OU=Eucalyptus/CN=nc-one'];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', at('nc/node-pk.pem'), '-out', at('nc/node-cert.pem')];
    openssl('req', '-x509', '-days', '365', '-sha1', ...subject, ...made);
    for (const name of ['cloud', 'cluster']) copyFileSync(at('nc/node-cert.pem'), at(`nc/${name}-cert.pem`));
    const pkcs8 = readKeyDirectory(at('nc'), 'nc');
    expect(pkcs8.node?.privateKeyPem).toContain('BEGIN PRIVATE KEY');
    openssl('rsa', '-traditional', '-in', at('nc/node-pk.pem'), '-out', at('nc/node-pk.pem'));
    expect(readKeyDirectory(at('nc'), 'nc').node?.privateKeyPem).toContain('BEGIN RSA PRIVATE KEY');
  });
});
