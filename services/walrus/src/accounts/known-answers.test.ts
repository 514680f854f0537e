import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@mallee/daemon';
import { createPool, migrate, type Pool } from '@mallee/database';
import { startTestPostgres, type TestService } from '@mallee/testing';
import { CloudAccountDirectory, type CloudCalls } from './cloud-account-directory.js';
import { CloudNodes } from './cloud-nodes.js';
import { postgresKnownAnswers, type KnownAnswers } from './known-answers.js';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const SECRET = 'secret-of-alice';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const encrypted = (): string =>
  publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.from(SECRET),
  ).toString('base64');
const key = () => ({
  found: true,
  accountId: '1'.repeat(12),
  canonicalId: 'a'.repeat(64),
  userId: 'AIDA',
  encryptedSecret: encrypted(),
  enabled: true,
  certificates: ['PEM'],
});

let postgres: TestService;
let pool: Pool;
let known: KnownAnswers;
let now: number;
/** What the CLC says; undefined while it is away. */
let answer: object | undefined;
const asked: unknown[] = [];
const cloud = {
  call: (_operation: string, request: unknown): Promise<object> => {
    asked.push(request);
    return answer === undefined ? Promise.reject(new Error('away')) : Promise.resolve(answer);
  },
} as unknown as CloudCalls;
/** As after a start: nothing is in memory. */
const start = (pem = privateKeyPem): CloudAccountDirectory =>
  new CloudAccountDirectory({ cloud, privateKeyPem: pem, known, now: () => now });

beforeAll(async () => {
  postgres = await startTestPostgres();
  pool = createPool(postgres.url, { schema: 'walrus', max: 3 });
  await migrate(pool, { schema: 'walrus', directories: [MIGRATIONS] });
  known = postgresKnownAnswers(pool);
}, 120_000);
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
}, 60_000);
beforeEach(async () => {
  await pool.query('delete from known_answer');
  asked.length = 0;
  now = Date.parse('2026-01-01T00:00:00Z');
  answer = key();
});

describe('what the CLC said last', () => {
  it('outlives a restart while the CLC is away, for a day, and shows no secret', async () => {
    await start().byAccessKey('AKIA');
    const { rows } = await pool.query<{ text: string }>('select known_answer::text as text from known_answer');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text).not.toContain(SECRET);
    answer = undefined;
    now += 3_600_000;
    const again = start();
    expect(await again.byAccessKey('AKIA')).toMatchObject({ secretKey: SECRET, userId: 'AIDA' });
    await expect(again.byAccessKey('AKIB')).rejects.toThrow('away');
    now += 23 * 3_600_000;
    await expect(start().byAccessKey('AKIA')).rejects.toThrow('away');
    await again.prune();
    expect((await pool.query('select 1 from known_answer')).rowCount).toBe(0);
  });

  it('is not believed before the CLC was asked, and goes when it says otherwise', async () => {
    await start().byAccessKey('AKIA');
    answer = { found: false, certificates: [] };
    expect(await start().byAccessKey('AKIA')).toBeUndefined();
    answer = undefined;
    await expect(start().byAccessKey('AKIA')).rejects.toThrow('away');
  });

  it('is useless with another key of Walrus', async () => {
    await start().byAccessKey('AKIA');
    answer = undefined;
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const restarted = start(other.export({ type: 'pkcs8', format: 'pem' }).toString());
    await expect(restarted.byAccessKey('AKIA')).rejects.toThrow('away');
  });

  it('is asked for again for those who are not here, so that a revocation comes before the CLC goes', async () => {
    const walrus = start();
    await walrus.byAccessKey('AKIA');
    await walrus.byAccountId('1'.repeat(12));
    expect(await walrus.renewOldest()).toBe(false);
    now += 61_000;
    answer = { found: false, certificates: [] };
    expect([await walrus.renewOldest(), await walrus.renewOldest(), await walrus.renewOldest()]).toEqual([
      true,
      true,
      false,
    ]);
    answer = undefined;
    now += 60_000;
    await expect(walrus.byAccessKey('AKIA')).rejects.toThrow('away');
    await expect(walrus.certificatesOf('1'.repeat(12))).rejects.toThrow('away');
    await expect(start().byAccessKey('AKIA')).rejects.toThrow('away');
  });

  it('is written when it changed, else now and then', async () => {
    const walrus = start();
    const at = async () => (await known.find('key', 'AKIA'))?.at;
    const first = now;
    await walrus.byAccessKey('AKIA');
    now += 11_000;
    await walrus.byAccessKey('AKIA');
    expect(await at()).toBe(first);
    now += 11_000;
    answer = { ...key(), admin: true };
    await walrus.byAccessKey('AKIA');
    expect(await at()).toBe(now);
  });

  it('of the nodes, too', async () => {
    const logger = createLogger({ name: 'test', level: 'fatal' });
    const list = async (): Promise<readonly string[]> => {
      const nodes = new CloudNodes(cloud, logger, known);
      nodes.start();
      for (let i = 0; i < 100 && nodes.certificates().length === 0; i++)
        await new Promise((done) => setTimeout(done, 20));
      nodes.stop();
      return nodes.certificates();
    };
    expect(await list()).toEqual(['PEM']);
    for (let i = 0; i < 100 && (await known.find('nodes', '')) === undefined; i++)
      await new Promise((done) => setTimeout(done, 20));
    answer = undefined;
    expect(await list()).toEqual(['PEM']);
  });
});
