import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { z } from 'zod';
import { configurationActions } from '../actions/configuration/index.js';
import { ec2Actions } from '../actions/ec2/index.js';
import { queryV2 } from '../test-support/signed-query.js';
import { addImage, startTestClc, type TestClc } from '../test-support/test-clc.js';

let clc: TestClc;

beforeAll(async () => {
  clc = await startTestClc();
  await clc.addZone('red');
  await addImage(clc, 'eki-0000000A');
  await addImage(clc, 'emi-0000000A');
}, 60_000);

afterAll(() => clc?.stop());

const value = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    'true',
    'default',
    'verbose',
    'self',
    'all',
    'red',
    'tcp',
    '10.0.0.0/8',
    '*',
    "'; --",
  ),
  fc.constantFrom('emi-0000000A', 'eki-0000000A', 'i-00000000', 'sg-00000000', 'vol-00000000', '999999999999999999999'),
  fc.constantFrom('instance', 'm1.small', 'x'.repeat(5000), '\u0001\ud83d\ude00<&>'),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
);
const suffix = fc.constantFrom(
  '',
  '',
  '',
  '.1',
  '.2',
  '.1.Name',
  '.1.Value.1',
  '.Key',
  '.1.Tag.1.Key',
  '.1.Tag.1.Value',
  '.x',
);

/** Values with which a request gets past the first checks. */
const plausible: Record<string, string> = {
  ImageId: 'emi-0000000A',
  MinCount: '1',
  MaxCount: '1',
  KernelId: 'eki-0000000A',
  GroupName: 'default',
  GroupDescription: 'd',
  KeyName: 'k',
  AvailabilityZone: 'red',
  Size: '1',
  IpProtocol: 'tcp',
  FromPort: '1',
  ToPort: '2',
  CidrIp: '10.0.0.0/8',
  AccountName: 'eucalyptus',
  UserName: 'admin',
  Name: 'n',
  Host: 'localhost',
  Port: '1',
};

/** A request for an action with some of its own parameters, of any shape. */
const actions = [...ec2Actions.values(), ...configurationActions.values()];
const request = fc.constantFrom(...actions).chain((action) => {
  const names = Object.keys((action.parameters as z.ZodObject).shape);
  const name = names.length === 0 ? fc.constant('X') : fc.constantFrom(...names, 'DryRun', 'X');
  const path = fc.tuple(name, suffix).map((parts) => parts.join(''));
  const base = fc.subarray(names.filter((one) => one in plausible));
  const hostile = fc.dictionary(path, value, { maxKeys: 4, noNullPrototype: true });
  return fc.tuple(base, hostile, fc.boolean()).map(([kept, overlay, whole]) => {
    const chosen = whole ? names.filter((one) => one in plausible) : kept;
    return { action, parameters: { ...Object.fromEntries(chosen.map((one) => [one, plausible[one]!])), ...overlay } };
  });
});

test('whatever the parameters of an action are, the answer is a success or a refusal, never an internal error', async () => {
  let succeeded = 0;
  await fc.assert(
    fc.asyncProperty(request, async ({ action, parameters }) => {
      const path = configurationActions.has(action.name) ? '/services/Configuration' : '/';
      const options = { path, method: 'POST', version: '2016-11-15' } as const;
      const { status, text } = await queryV2(clc.url, clc.admin, action.name, parameters, options);
      expect({ status, internal: /InternalError/.test(text) ? text : '' }).toEqual({
        status: expect.any(Number),
        internal: '',
      });
      if (status === 200) succeeded++;
      expect([200, 400, 401, 403, 404, 409, 412, 500, 503]).toContain(status);
    }),
    { numRuns: 300 },
  );
  expect(succeeded).toBeGreaterThan(20);
}, 120_000);
