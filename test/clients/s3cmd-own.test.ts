import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeReal, scratchDirectory } from '@mallee/testing';
import { run, runWell } from './support/run.js';
import { obtainS3cmd } from './support/s3cmd-source.js';
import { alice, startStore, type Store } from './support/store.js';

/*
 * The script that s3cmd is tested with by its authors, run as it is against Walrus. It comes from the source package of the
 * distribution when the test runs; nothing of it is kept.
 */

const PYTHON = '/usr/bin/python3';
const NOBODY = 65_534;
const NAME = "s3cmd's own test script";
/** Removes a folder that only a run before this one could have left, and skips itself where there is none. */
const SKIPPED = ['Create cache dir(rm)'];

/** The script and curl use `BUCKET.localhost`; curl knows what that is by itself, Python only where the resolver of the machine does. */
const LOCALHOST_PY = `import socket
_known = socket.getaddrinfo
def _getaddrinfo(host, *args, **more):
    loopback = isinstance(host, str) and host.endswith('.localhost')
    return _known('127.0.0.1' if loopback else host, *args, **more)
socket.getaddrinfo = _getaddrinfo
`;

function configuration(port: number): string {
  return [
    '[default]',
    `access_key = ${alice.accessKeyId}`,
    `secret_key = ${alice.secretKey}`,
    `host_base = localhost:${port}`,
    `host_bucket = %(bucket)s.localhost:${port}`,
    'use_https = False',
    '',
  ].join('\n');
}

const scratch = scratchDirectory();
afterAll(() => scratch.remove());
const source = await obtainS3cmd(scratch.path);
if ('missing' in source) scratch.remove(); // nothing runs after tests that are skipped

/** A copy that belongs to an ordinary user: the script expects that a file without permissions cannot be read. */
async function prepare(from: string, port: number): Promise<{ cwd: string; env: Record<string, string> }> {
  const home = join(scratch.path, 'home');
  const cwd = join(home, 's3cmd');
  cpSync(from, cwd, { recursive: true });
  mkdirSync(join(cwd, 'testsuite-out'), { recursive: true }); // else another step would skip itself
  mkdirSync(join(home, 'bin'));
  symlinkSync(PYTHON, join(home, 'bin/python'));
  mkdirSync(join(home, 'modules'));
  writeFileSync(join(home, 'modules/sitecustomize.py'), LOCALHOST_PY);
  writeFileSync(join(home, '.s3cfg'), configuration(port));
  if (process.getuid?.() === 0) {
    chmodSync(scratch.path, 0o755);
    await runWell('chown', ['-R', `${NOBODY}:${NOBODY}`, home]);
  }
  const env = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin`, PYTHONPATH: `${home}/modules`, LOGNAME: 'tester' };
  return { cwd, env };
}

/** What the script says of each of its steps. */
function steps(output: string): { label: string; verdict: string }[] {
  const lines = output.matchAll(/^ *\d+ {2}(.*?) ?\.* \x1b\[\d+;1m(OK|FAIL|SKIP)/gm);
  return [...lines].map(([, label = '', verdict = '']) => ({ label, verdict }));
}

if ('missing' in source) {
  describe.skip(`${NAME} [skipped: ${source.missing}]`, () => it('passes', () => undefined));
} else {
  const files = [PYTHON, '/usr/lib/python3/dist-packages/magic', '/usr/lib/python3/dist-packages/dateutil'];
  describeReal({ programs: ['curl'], files }, NAME, () => {
    let store: Store;
    beforeAll(async () => {
      store = await startStore({ domain: 'localhost' });
    }, 120_000);
    afterAll(() => store?.stop(), 60_000);

    it('passes, but for the one step that skips itself', async () => {
      const { cwd, env } = await prepare(source.directory, store.port);
      const who = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
      const args = ['-W', 'ignore', 'run-tests.py', '--bucket-prefix', 'own-'];
      const end = await run('python', args, { cwd, env, ...who, timeoutMs: 540_000 });
      const done = steps(end.stdout);
      const of = (verdict: string) => done.filter((step) => step.verdict === verdict).map(({ label }) => label);
      const failed = of('FAIL');
      expect({
        failed,
        code: end.code,
        ...(end.code === 0 ? {} : { output: end.stdout.slice(-2000), errors: end.stderr }),
      }).toEqual({
        failed: [],
        code: 0,
      });
      expect({ skipped: of('SKIP') }).toEqual({ skipped: SKIPPED });
      // 101 in s3cmd 2.3.0; a later one may have more.
      expect(of('OK').length).toBeGreaterThanOrEqual(101);
    }, 600_000);
  });
}
