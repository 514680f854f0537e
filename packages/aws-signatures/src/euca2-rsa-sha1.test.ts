import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOriginalDate } from './euca2-rsa-sha1-date.js';
import { isEucaRsaSha1, signEucaRsaSha1, verifyEucaRsaSha1 } from './euca2-rsa-sha1.js';
import type { SignedRequest } from './request.js';

const now = new Date('2026-11-22T16:11:30Z');
const DATE = 'Sun Nov 22 16:11:00 2026';
let directory: string;
let node: { privateKeyPem: string; certificatePem: string };
let stranger: typeof node;

const openssl = (args: string[], input?: string): Buffer =>
  execFileSync('openssl', args, input === undefined ? { stdio: ['ignore', 'pipe', 'ignore'] } : { input });

function makeIdentity(name: string): typeof node {
  const [key, certificate] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)];
  openssl(`req -x509 -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${key} -out ${certificate}`.split(' '));
  return { privateKeyPem: readFileSync(key, 'utf8'), certificatePem: readFileSync(certificate, 'utf8') };
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mallee-euca-'));
  node = makeIdentity('node');
  stranger = makeIdentity('stranger');
});
afterAll(() => rmSync(directory, { recursive: true }));

const target = { method: 'GET', rawPath: '/services/Walrus/images/tiny.manifest.xml', rawQuery: '' };
const signed = (more: Partial<SignedRequest> = {}, who = node, date = DATE): SignedRequest => {
  const request = { ...target, ...more };
  return { ...request, headers: { ...signEucaRsaSha1(request, who, date), ...more.headers } };
};
const outcome = (request: SignedRequest, at = now, offset: number | undefined = 0): string => {
  try {
    return verifyEucaRsaSha1(request, [{ certificatePem: node.certificatePem, role: 'node' }], at, offset).role;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

describe('the signature of 2.0 node controllers', () => {
  it('is verified as openssl makes it over verb, date, and path with query', () => {
    // What the original does, with other means: the text by hand, the signature by openssl, the certificate file in base64.
    const target = '/services/Walrus/images/tiny.manifest.xml?IsCompressed=true';
    const text = `GET\n${DATE}\n${target}\n`;
    const key = join(directory, 'node.key');
    const eucasignature = openssl(['dgst', '-sha1', '-sign', key], text).toString('base64');
    const eucacert = readFileSync(join(directory, 'node.pem')).toString('base64');
    const request: SignedRequest = {
      method: 'GET',
      rawPath: '/services/Walrus/images/tiny.manifest.xml',
      rawQuery: 'IsCompressed=true',
      headers: { authorization: 'Euca', date: DATE, eucasignature: [eucasignature], eucacert: [eucacert] },
    };
    expect(isEucaRsaSha1(request)).toBe(true);
    expect(outcome(request)).toBe('node');
    expect(signed({ rawQuery: 'IsCompressed=true' }).headers).toEqual({
      authorization: 'Euca',
      date: DATE,
      eucasignature,
      eucacert,
    });
  });

  it('needs no certificate in the request, but one that is registered if there is one', () => {
    const { eucacert: _unused, ...headers } = signEucaRsaSha1(target, node, DATE);
    expect(outcome({ ...target, headers })).toBe('node');
    // The hole of the original: any key pair, vouching for itself.
    expect(outcome(signed({}, stranger))).toBe('AccessDenied');
    const mixed = { ...signed({}, stranger).headers, eucacert: signed().headers['eucacert'] };
    expect(outcome({ ...target, headers: mixed })).toBe('SignatureDoesNotMatch');
    expect(outcome({ ...target, headers: { ...signed().headers, eucacert: 'AAAA' } })).toBe('AccessDenied');
    const text = Buffer.from(`x\n${node.certificatePem}`).toString('base64');
    expect(outcome(signed({ headers: { eucacert: text } }))).toMatch(/^(node|AccessDenied)$/);
  });

  it('does not cover another verb, path, query or date', () => {
    expect(outcome({ ...signed(), method: 'DELETE' })).toBe('SignatureDoesNotMatch');
    expect(outcome({ ...signed(), rawPath: '/services/Walrus/images/other' })).toBe('SignatureDoesNotMatch');
    expect(outcome({ ...signed(), rawQuery: 'acl' })).toBe('SignatureDoesNotMatch');
    const later = { ...signed().headers, date: 'Sun Nov 22 16:12:00 2026' };
    expect(outcome({ ...target, headers: later })).toBe('SignatureDoesNotMatch');
    expect(outcome({ ...target, headers: { ...signed().headers, date: undefined } })).toBe('AccessDenied');
    expect(outcome({ ...target, headers: { ...signed().headers, date: [DATE, DATE] } })).toBe('AccessDenied');
    const twice = [signed().headers['eucasignature'] as string, 'AAAA'];
    expect(outcome(signed({ headers: { eucasignature: twice } }))).toBe('AccessDenied');
    expect(outcome(signed({ headers: { eucasignature: 'not base64!' } }))).toBe('AccessDenied');
    expect(outcome(signed({ headers: { eucasignature: '' } }))).toBe('AccessDenied');
  });

  it('is good for 15 minutes', () => {
    const at = (minutes: number): Date => new Date(Date.parse('2026-11-22T16:11:00Z') + minutes * 60_000);
    expect(outcome(signed(), at(14))).toBe('node');
    expect(outcome(signed(), at(-14))).toBe('node');
    expect(outcome(signed(), at(16))).toBe('RequestTimeTooSkewed');
    expect(outcome(signed(), at(-16))).toBe('RequestTimeTooSkewed');
    expect(outcome(signed({}, node, 'yesterday'))).toBe('AccessDenied');
    expect(outcome(signed(), at(0), 60)).toBe('RequestTimeTooSkewed');
    expect(outcome(signed(), at(-60), 60)).toBe('node');
  });
});

describe('dates of originals', () => {
  const read = (text: string, offset?: number): string[] =>
    readOriginalDate(text, offset).map((at) => at.toISOString());

  it('come in the forms of C, Java and HTTP', () => {
    expect(read('Sun Nov 22 16:11:00 2026', 0)).toEqual(['2026-11-22T16:11:00.000Z']);
    expect(read('Sun Nov  1 06:11:00 2026', 0)).toEqual(['2026-11-01T06:11:00.000Z']);
    expect(read('Sun Nov 22 16:11:00 2026', -480)).toEqual(['2026-11-23T00:11:00.000Z']);
    expect(read('Sun Nov 22 16:11:00 UTC 2026', -480)).toEqual(['2026-11-22T16:11:00.000Z']);
    expect(read('Sun Nov 22 16:11:00 PST 2026', -480)).toEqual(['2026-11-23T00:11:00.000Z']);
    expect(read('Sun, 22 Nov 2026 16:11:00 GMT', -480)).toEqual(['2026-11-22T16:11:00.000Z']);
    expect(read('Mon Feb 31 16:11:00 2026', 0)).toEqual([]);
    expect(read('Mon Feb 3 24:11:00 2026', 0)).toEqual([]);
    expect(read('Sun Nov 22 16:11:00 2026\n', 0)).toEqual([]);
    const local = new Date(2026, 10, 22, 16, 11, 0).toISOString();
    expect(read('Sun Nov 22 16:11:00 2026')).toEqual([local]);
  });
});
