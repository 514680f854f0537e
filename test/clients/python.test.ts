import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { describeReal } from '@mallee/testing';
import { runWell } from './support/run.js';
import { awsEnvironment, startStore, type Store } from './support/store.js';

const PYTHON = '/usr/bin/python3';
const MODULES = '/usr/lib/python3/dist-packages';

let store: Store;
const scenario = (name: string): Promise<string> =>
  runWell(PYTHON, ['-W', 'ignore', join(import.meta.dirname, name)], {
    env: { ...awsEnvironment(store), S3_BUCKET: 'boto2' },
    cwd: store.directory,
  });

describeReal({ files: [PYTHON, `${MODULES}/boto3`, `${MODULES}/boto`] }, 'Python clients', () => {
  beforeAll(async () => {
    store = await startStore();
  }, 120_000);
  afterAll(() => store?.stop(), 60_000);

  it('boto3: objects, 100 MiB in parts, presigned URLs of both signatures, pages, delete all', async () => {
    expect(await scenario('boto3_scenario.py')).toBe('');
  }, 300_000);

  it('boto 2.49: the same with signature 2, then 4', async () => {
    expect(await scenario('boto_scenario.py')).toBe('');
  }, 300_000);
});
