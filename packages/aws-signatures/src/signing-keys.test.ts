import { expect, test } from '@jest/globals';
import { signingKeyOf } from './signing-keys.js';
import { deriveSigningKey } from './v4-canonical.js';

const scope = (day: string, region = 'r', service = 's3'): { day: string; region: string; service: string } => ({
  day,
  region,
  service,
});

test('is the derived key, for each secret and scope its own, also beyond what is remembered', () => {
  const cases = [
    ['a', scope('20261123')],
    ['b', scope('20261123')],
    ['a', scope('20261124')],
    ['a', scope('20261123', 'q')],
    ['a', scope('20261123', 'r', 'ec2')],
  ] as const;
  for (let round = 0; round < 3; round++) {
    for (const [secret, of] of cases) expect(signingKeyOf(secret, of)).toEqual(deriveSigningKey(secret, of));
    for (let i = 0; i < 600; i++) signingKeyOf('a', scope('20261123', `region-${round}-${i}`));
  }
});

test('gives the same key again', () => {
  expect(signingKeyOf('a', scope('20261123'))).toBe(signingKeyOf('a', scope('20261123')));
});
