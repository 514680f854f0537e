import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@mallee/private-services';
import {
  endOf,
  makeIdentity,
  scratchDirectory,
  startTestPostgres,
  startTypeScript,
  type TestService,
} from '@mallee/testing';
import { queryV2 } from './test-support/signed-query.js';

const scratch = scratchDirectory();
let database: TestService;

beforeAll(async () => {
  database = await startTestPostgres();
}, 60_000);

afterAll(async () => {
  await database?.stop();
  scratch.remove();
});

test('the daemon starts on an empty database, serves signed requests, and stops cleanly on SIGTERM; twice', async () => {
  const { privateKeyPem, certificatePem } = await makeIdentity('cloud');
  const file = (name: string, text: string): string => {
    writeFileSync(join(scratch.path, name), text, { mode: 0o600 });
    return join(scratch.path, name);
  };
  const port = await freePort();
  const credentialsFile = join(scratch.path, 'credentials.json');
  const config = file(
    'clc.json',
    JSON.stringify({
      name: 'clc',
      stateDirectory: scratch.path,
      listen: { host: '127.0.0.1', port },
      keys: { privateKey: file('key.pem', privateKeyPem), certificate: file('cert.pem', certificatePem) },
      databaseUrl: database.url,
      queueUrl: database.url,
      bootstrap: { credentialsFile },
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  for (let round = 0; round < 2; round++) {
    const child = startTypeScript(join(import.meta.dirname, 'main.ts'), ['--config', config]);
    const ended = endOf(child);
    try {
      await untilReady(url);
      const admin = JSON.parse(readFileSync(credentialsFile, 'utf8')) as Parameters<typeof queryV2>[1];
      const answer = await queryV2(url, admin, 'DescribeRegions');
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('<regionName>mallee</regionName>')]);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toMatchObject({ code: 0 });
  }
}, 120_000);

async function untilReady(url: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new Error('the daemon is not ready after a minute');
}
