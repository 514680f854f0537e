import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import { liveIdentity } from './index.js';

let scratch: ScratchDirectory;
let keys: { privateKey: string; certificate: string };
let old: TestIdentity;
let fresh: TestIdentity;

beforeEach(async () => {
  scratch = scratchDirectory();
  keys = { privateKey: join(scratch.path, 'pk.pem'), certificate: join(scratch.path, 'cert.pem') };
  [old, fresh] = await Promise.all([makeIdentity('old'), makeIdentity('fresh')]);
  writeFileSync(keys.privateKey, old.privateKeyPem);
  writeFileSync(keys.certificate, old.certificatePem);
});
afterEach(() => scratch.remove());

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400));

test('a new pair is used without a restart, and only when it is whole', async () => {
  const identity = liveIdentity({ keys });
  const first = identity();
  expect(first.certificatePem).toBe(old.certificatePem);
  expect(identity()).toBe(first);

  writeFileSync(keys.privateKey, fresh.privateKeyPem);
  await settle();
  expect(identity()).toBe(first); // key and certificate do not belong together
  writeFileSync(keys.certificate, fresh.certificatePem);
  await settle();
  expect(identity()).toMatchObject({ privateKeyPem: fresh.privateKeyPem, certificatePem: fresh.certificatePem });
});

test('an unreadable file leaves the old pair in use; none at the beginning is an error', async () => {
  const identity = liveIdentity({ keys });
  writeFileSync(keys.certificate, 'no certificate');
  await settle();
  expect(identity().certificatePem).toBe(old.certificatePem);
  expect(() => liveIdentity({ keys: { ...keys, privateKey: join(scratch.path, 'absent') } })).toThrow(/cannot read/);
});
