import { expect, test } from '@jest/globals';
import * as ids from './ids.js';

test('ids have the shapes that clients and the database expect', () => {
  for (let i = 0; i < 200; i++) {
    expect(ids.resourceId('i')).toMatch(/^i-[0-9A-F]{8}$/);
    expect(ids.lowerResourceId('sg')).toMatch(/^sg-[0-9a-f]{8}$/);
    expect(ids.newUserId()).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect(ids.newAccessKeyId()).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(ids.newSecretKey()).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(ids.newAccountId()).toMatch(/^[1-9]\d{11}$/);
    expect(ids.newCanonicalId()).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(ids.instanceMac('i-0A1B2C3D')).toBe('d0:0d:0a:1b:2c:3d');
});

test('clients may send ids in any case', () => {
  expect(ids.normaliseId('EMI-0a1b2c3d')).toBe('emi-0A1B2C3D');
  expect(ids.normaliseId(' i-0a1b2c3d ')).toBe('i-0A1B2C3D');
  expect(ids.normaliseId('SG-0A1B2C3D')).toBe('sg-0a1b2c3d');
  expect(ids.normaliseId('nonsense')).toBe('nonsense');
});
