import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseConfigSchema, loadConfig, loadPeers } from './index.js';

const directory = mkdtempSync(join(tmpdir(), 'mallee-peers-'));
afterAll(() => rmSync(directory, { recursive: true }));

const certificate = join(directory, 'peer.pem');
writeFileSync(certificate, 'PEM');

function configWith(more: object) {
  const file = join(directory, 'config.json');
  const base = { name: 'nc', stateDirectory: '/x', keys: { privateKey: 'k', certificate: 'c' } };
  writeFileSync(file, JSON.stringify({ ...base, listen: { port: 1 }, ...more }));
  return loadConfig(file, baseConfigSchema);
}

describe('peers', () => {
  it('are none unless named', () => {
    expect(loadPeers(configWith({}))).toEqual([]);
  });

  it('have the defaults of our own daemons, and SHA-1 where only originals speak', () => {
    const peers = [{ certificate }, { certificate, profile: 'headers-only', dialect: '2.0' }];
    expect(loadPeers(configWith({ peers }))).toEqual([
      { certificatePem: 'PEM', profile: 'body-timestamp', suite: 'rsa-sha256' },
      { certificatePem: 'PEM', profile: 'headers-only', suite: 'rsa-sha1', dialect: '2.0' },
    ]);
  });

  it.each([
    ['no certificate', { dialect: '2.0' }],
    ['an unknown dialect', { certificate, dialect: '3.1' }],
    ['a profile of no signature at all', { certificate, profile: 'none' }],
    ['a word that is not known', { certificate, suites: ['rsa-sha1'] }],
  ])('are refused with %s', (_what, peer) => {
    expect(() => configWith({ peers: [peer] })).toThrow(expect.objectContaining({ code: 'Configuration.Invalid' }));
  });

  it('name the file that cannot be read', () => {
    const config = configWith({ peers: [{ certificate: '/nonexistent.pem' }] });
    expect(() => loadPeers(config)).toThrow(/nonexistent/);
  });
});

describe('listen.addresses', () => {
  it.each([['http://10.0.0.1:8775'], ['https://nc-1.example/']])('takes the base URL %s', (address) => {
    expect(configWith({ listen: { port: 1, addresses: [address] } }).listen.addresses).toEqual([address]);
  });

  it('has an address that can be called where the port speaks TLS', () => {
    const tls = { key: 'k', certificate: 'c' };
    const listen = (addresses?: string[]) => configWith({ listen: { port: 1, tls, addresses } }).listen;
    expect(listen(['http://x:1', 'https://x:1']).addresses).toHaveLength(2);
    expect(listen().addresses).toBeUndefined();
    expect(() => listen(['http://x:1'])).toThrow(/listen\.addresses: with tls/);
    // The other way round something in front of the daemon speaks TLS.
    expect(configWith({ listen: { port: 1, addresses: ['https://x'] } }).listen.addresses).toHaveLength(1);
  });

  it.each([['10.0.0.1:8775'], ['http://x/path'], ['ftp://x']])('refuses %s', (address) => {
    expect(() => configWith({ listen: { port: 1, addresses: [address] } })).toThrow(/addresses/);
  });
});
