import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@mallee/private-services';
import { endOf, makeIdentity, scratchDirectory, startTestPostgres, startTypeScript } from '@mallee/testing';

const main = join(import.meta.dirname, '../../../services/walrus/src/main.ts');

export const alice = {
  accessKeyId: 'AKIAALICEEXAMPLE',
  secretKey: 'secret/of+alice/with+slashes0123456789ab',
  accountId: '1'.repeat(12),
  canonicalId: '1'.repeat(64),
  displayName: 'alice',
  userId: 'AIDAALICE',
};

/** A Walrus process with a real PostgreSQL, alone on this machine, and a scratch directory for a client. */
export interface Store {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** For files of the client; also its home. */
  readonly directory: string;
  /** What Walrus wrote to its log. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts it from its sources and waits until it is ready. `more` are settings of Walrus beside the usual ones. */
export async function startStore(more: Readonly<Record<string, unknown>> = {}): Promise<Store> {
  const scratch = scratchDirectory();
  const directory = join(scratch.path, 'client');
  const file = (name: string): string => join(scratch.path, name);
  const [postgres, port, identity] = await Promise.all([startTestPostgres(), freePort(), makeIdentity('walrus')]);
  mkdirSync(directory);
  mkdirSync(file('objects'));
  writeFileSync(file('walrus.key'), identity.privateKeyPem, { mode: 0o600 });
  writeFileSync(file('walrus.pem'), identity.certificatePem);
  writeFileSync(file('accounts.json'), JSON.stringify([alice]), { mode: 0o600 });
  const keys = { privateKey: file('walrus.key'), certificate: file('walrus.pem') };
  const settings = {
    name: 'walrus',
    stateDirectory: scratch.path,
    listen: { host: '127.0.0.1', port },
    keys,
    log: { level: 'info' },
    databaseUrl: postgres.url,
    objectsDirectory: file('objects'),
    accountsFile: file('accounts.json'),
    imageCacheDirectory: file('images'),
    imageKey: keys,
    ...more,
  };
  writeFileSync(file('walrus.json'), JSON.stringify(settings));
  const child = startTypeScript(main, ['--config', file('walrus.json')]);
  const ended = endOf(child);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await postgres.stop();
    scratch.remove();
  };
  const endpoint = `http://127.0.0.1:${port}`;
  await ready(endpoint, ended);
  const log = (): string => readFileSync(file('walrus.log'), 'utf8');
  return { port, endpoint, directory, log, stop };
}

async function ready(endpoint: string, ended: Promise<{ output: string }>): Promise<void> {
  let output: string | undefined;
  void ended.then((end) => (output = end.output));
  for (let tries = 0; tries < 600; tries += 1) {
    if (output !== undefined) throw new Error(`walrus ended: ${output}`);
    const answer = await fetch(`${endpoint}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error('walrus did not become ready');
}

/** What the AWS clients read from the environment. */
export function awsEnvironment({ directory, endpoint }: Store): Record<string, string> {
  return {
    HOME: directory,
    AWS_ACCESS_KEY_ID: alice.accessKeyId,
    AWS_SECRET_ACCESS_KEY: alice.secretKey,
    AWS_DEFAULT_REGION: 'mallee',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    S3_ENDPOINT: endpoint,
  };
}
