import { randomUUID } from 'node:crypto';
import type { S3Place } from '../storage/s3-requests.js';

/**
 * A bucket of its own of the store that MALLEE_TEST_BEHIND names (JSON: `endpoint`, `accessKeyId`, `secretAccessKey`): with it,
 * tests of Walrus keep their objects there. `npm run slow:radosgw` sets it.
 */
export function placeBehind(): S3Place | undefined {
  const text = process.env['MALLEE_TEST_BEHIND'];
  if (text === undefined || text === '') return undefined;
  const store = JSON.parse(text) as Pick<S3Place, 'endpoint' | 'accessKeyId' | 'secretAccessKey'>;
  return { ...store, bucket: `walrus-${randomUUID()}`, region: 'us-east-1' };
}
