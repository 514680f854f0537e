import { expect, test } from '@jest/globals';
import { schemaName, storageConfigSchema } from './config.js';

const config = {
  name: 'sc',
  stateDirectory: '/state',
  listen: { port: 8777 },
  keys: { privateKey: 'key.pem', certificate: 'certificate.pem' },
  cluster: 'Zone-1',
  databaseUrl: 'postgres://localhost/mallee',
  volumesDirectory: '/volumes',
};

test('limits have defaults', () => {
  expect(storageConfigSchema.parse(config)).toMatchObject({ maxVolumeSizeGb: 10, maxTotalGb: 50, reserveGb: 1 });
});

test.each([{ cluster: 'a b' }, { cluster: '' }, { maxVolumeSizeGb: 0.5 }, { maxTotalGb: -1 }, { reserveGb: -1 }])(
  'refuses %p',
  (change) => {
    expect(storageConfigSchema.safeParse({ ...config, ...change }).success).toBe(false);
  },
);

test('the schema is named after the zone', () => {
  expect(schemaName('Zone-1')).toBe('sc_zone_1');
});
