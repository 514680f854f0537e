import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateFingerprint, signEuca2Rest, verifyEuca2Rest, type TrustedComponent } from './euca2-rest.js';
import type { SignedRequest } from './request.js';

const now = new Date('2026-11-22T16:11:00Z');
let directory: string;
let node: { privateKeyPem: string; certificatePem: string };
let stranger: typeof node;

function makeIdentity(name: string): typeof node {
  const [key, certificate] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    key,
    '-out',
    certificate,
  ];
  execFileSync('openssl', args, { stdio: 'ignore' });
  return { privateKeyPem: readFileSync(key, 'utf8'), certificatePem: readFileSync(certificate, 'utf8') };
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mallee-euca2-'));
  node = makeIdentity('node');
  stranger = makeIdentity('stranger');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('EUCA2-RSA-SHA256', () => {
  const bare: SignedRequest = {
    method: 'GET',
    rawPath: '/services/Walrus/images/tiny.manifest.xml',
    rawQuery: '',
    headers: { host: 'walrus:8776', eucaoperation: 'GetDecryptedImage' },
  };
  const sent = (): SignedRequest => ({ ...bare, headers: { ...bare.headers, ...signEuca2Rest(bare, node, now) } });
  const trusted = (): TrustedComponent[] => [{ certificatePem: node.certificatePem, role: 'node' }];
  const outcome = (request: SignedRequest, at = now): string => {
    try {
      return verifyEuca2Rest(request, trusted(), at).role;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('accepts a registered component and hides unsigned headers', () => {
    const request = { ...sent(), headers: { ...sent().headers, 'x-amz-acl': 'public-read' } };
    expect(verifyEuca2Rest(request, trusted(), now)).toMatchObject({
      role: 'node',
      headers: { eucaoperation: 'GetDecryptedImage' },
    });
    expect(verifyEuca2Rest(request, trusted(), now).headers).not.toHaveProperty('x-amz-acl');
  });

  it('makes a signature that openssl verifies', () => {
    const fields = String(sent().headers['authorization']).split(' ');
    expect(fields.slice(0, 3)).toEqual([
      'EUCA2-RSA-SHA256',
      certificateFingerprint(node.certificatePem),
      'date;eucaoperation;host',
    ]);
    const text = `GET\n${bare.rawPath}\n\ndate:20261122T161100Z\neucaoperation:GetDecryptedImage\nhost:walrus:8776\ndate;eucaoperation;host`;
    const run = (args: string[], input: Buffer | string): string => execFileSync('openssl', args, { input }).toString();
    const publicKey = run(['x509', '-pubkey', '-noout'], node.certificatePem);
    const files = [join(directory, 'public.pem'), join(directory, 'signature')] as const;
    writeFileSync(files[0], publicKey);
    writeFileSync(files[1], Buffer.from(fields[3]!, 'base64'));
    expect(run(['dgst', '-sha256', '-verify', files[0], '-signature', files[1]], text)).toContain('Verified OK');
  });

  it('refuses strangers, changes, stale and unsigned dates', () => {
    expect(outcome(sent())).toBe('node');
    expect(outcome(sent(), new Date(now.getTime() + 16 * 60_000))).toBe('RequestTimeTooSkewed');
    expect(outcome(sent(), new Date(now.getTime() - 16 * 60_000))).toBe('RequestTimeTooSkewed');
    expect(outcome({ ...sent(), rawPath: '/services/Walrus/images/other' })).toBe('SignatureDoesNotMatch');
    expect(outcome({ ...sent(), rawQuery: 'x' })).toBe('SignatureDoesNotMatch');
    expect(outcome({ ...sent(), headers: { ...sent().headers, eucaoperation: 'StoreSnapshot' } })).toBe(
      'SignatureDoesNotMatch',
    );
    expect(outcome({ ...bare, headers: { ...bare.headers, ...signEuca2Rest(bare, stranger, now) } })).toBe(
      'AccessDenied',
    );
    // The fingerprint of a known certificate with the signature of another key.
    const forged = { ...stranger, certificatePem: node.certificatePem };
    expect(outcome({ ...bare, headers: { ...bare.headers, ...signEuca2Rest(bare, forged, now) } })).toBe(
      'SignatureDoesNotMatch',
    );
    expect(outcome(bare)).toBe('AccessDenied');
    expect(outcome({ ...bare, headers: { ...bare.headers, authorization: 'EUCA2-RSA-SHA256 a b' } })).toBe(
      'AccessDenied',
    );
  });
});
