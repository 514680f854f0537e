// A Walrus that stands alone: private PostgreSQL, fixed accounts, lifecycle days of some seconds. Build first: npx tsc -b services/walrus
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import { freePort, startPostgres } from '@mallee/private-services';

const main = join(import.meta.dirname, '../../../services/walrus/dist/main.js');

/** Starts it on `port` (0: any); gives port, state directory and `stop`. */
export async function startWalrus({ accounts, daySeconds = 10, port = 0, more = {} }) {
  const state = mkdtempSync(join(tmpdir(), 'mw-'));
  chmodSync(state, 0o755);
  const file = (name) => join(state, name);
  const postgres = await startPostgres({ directory: file('postgres') });
  const { privateKeyPem } = await generateKeyPair();
  writeFileSync(file('key.pem'), privateKeyPem, { mode: 0o600 });
  writeFileSync(file('cert.pem'), createSelfSignedCertificate({ privateKeyPem, commonName: 'walrus' }));
  writeFileSync(file('accounts.json'), JSON.stringify(accounts), { mode: 0o600 });
  mkdirSync(file('objects'));
  const listen = { host: '127.0.0.1', port: port === 0 ? await freePort() : port };
  const config = {
    name: 'walrus',
    stateDirectory: state,
    listen,
    keys: { privateKey: file('key.pem'), certificate: file('cert.pem') },
    log: { level: 'info' },
    databaseUrl: postgres.url,
    objectsDirectory: file('objects'),
    accountsFile: file('accounts.json'),
    imageCacheDirectory: file('images'),
    imageKey: { privateKey: file('key.pem'), certificate: file('cert.pem') },
    bodyIdleSeconds: 4,
    lifecycle: { intervalSeconds: Math.max(1, daySeconds / 4), daySeconds },
    ...more,
  };
  writeFileSync(file('walrus.json'), JSON.stringify(config));
  const log = openSync(file('walrus.log'), 'a');
  const env = { ...process.env, UV_THREADPOOL_SIZE: '16' };
  const daemon = spawn(process.execPath, [main, '--config', file('walrus.json')], { env, stdio: ['ignore', log, log] });
  const ended = new Promise((resolve) => daemon.once('exit', (code, signal) => resolve(signal ?? code)));
  let alive = true;
  void ended.then(() => (alive = false));
  const stop = async () => {
    daemon.kill('SIGTERM');
    const outcome = await ended;
    await postgres.stop();
    rmSync(state, { recursive: true, force: true });
    return outcome;
  };
  for (let attempt = 0; attempt < 300 && alive; attempt++) {
    const ready = await fetch(`http://127.0.0.1:${listen.port}/readyz`).catch(() => undefined);
    if (ready?.status === 200)
      return { port: listen.port, state, log: file('walrus.log'), pid: daemon.pid, isAlive: () => alive, stop };
    await sleep(100);
  }
  throw new Error(`walrus did not start; see ${file('walrus.log')}`);
}
