import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { baseConfigSchema, loadConfig } from './index.js';

const schema = baseConfigSchema.extend({ cluster: z.string() });
const valid = {
  name: 'cc-1',
  stateDirectory: '/var/lib/mallee',
  listen: { port: 8774 },
  keys: { privateKey: 'pk.pem', certificate: 'cert.pem' },
  cluster: 'one',
};

const directory = mkdtempSync(join(tmpdir(), 'mallee-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileWith(content: string): string {
  const file = join(directory, 'config.json');
  writeFileSync(file, content);
  return file;
}

describe('loadConfig', () => {
  it('fills defaults', () => {
    const config = loadConfig(fileWith(JSON.stringify(valid)), schema);
    expect(config).toMatchObject({ listen: { host: '127.0.0.1', port: 8774 }, trust: {}, log: { level: 'info' } });
  });

  it('keeps the TLS files and the addresses of the listener', () => {
    const listen = {
      host: '::',
      port: 8774,
      tls: { key: 'pk.pem', certificate: 'cert.pem' },
      addresses: ['https://cc-1:8774'],
    };
    expect(loadConfig(fileWith(JSON.stringify({ ...valid, listen })), schema).listen).toEqual(listen);
  });

  it.each([
    ['a missing key', { ...valid, cluster: undefined }, /cluster/],
    ['a wrong port', { ...valid, listen: { port: 99999 } }, /listen\.port/],
    ['an unknown role', { ...valid, trust: { everybody: [] } }, /trust/],
  ])('names file and key of %s', (_what, content, message) => {
    const file = fileWith(JSON.stringify(content));
    expect(() => loadConfig(file, schema)).toThrow(message);
    expect(() => loadConfig(file, schema)).toThrow(expect.objectContaining({ code: 'Configuration.Invalid' }));
  });

  it('names a file that is not JSON or not there', () => {
    expect(() => loadConfig(fileWith('{'), schema)).toThrow(/config\.json/);
    expect(() => loadConfig('/nonexistent/config.json', schema)).toThrow(/nonexistent/);
  });
});
