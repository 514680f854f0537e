// npm run slow:radosgw [-- --minutes N]
// Walrus with back end s3 on a real radosgw: tests of its own, then tests of Walrus that know nothing of it, the crash test (for N
// minutes; default 1) among them. Build first: npx tsc -b. Takes ten minutes.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingRadosgwPrograms, RADOSGW_PACKAGES, startRadosgw } from '@mallee/private-services';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' } } });
const missing = missingRadosgwPrograms();
if (missing.length > 0) {
  console.error(
    `slow:radosgw: ${missing.join(', ')} not installed. Debian: apt-get install ${RADOSGW_PACKAGES.join(' ')}`,
  );
  process.exit(1);
}

const root = join(import.meta.dirname, '../..');
// Those that look at no files.
const SAME_TESTS = ['s3/sdk', 's3/multipart', 's3/versions', 's3/access', 'images/over-s3', 'crash'];

function jest(env, ...options) {
  const program = join(root, 'node_modules/jest/bin/jest.js');
  const parameters = ['--experimental-vm-modules', program, '--maxWorkers', '1', ...options];
  const child = spawn(process.execPath, parameters, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

process.exitCode = await jest({}, '--testMatch', '**/radosgw.slow.ts');

const user = { accessKeyId: 'AKIABEHIND', secretKey: 'secret-of-the-store-behind' };
const radosgw = await startRadosgw(user);
if (typeof radosgw === 'string') {
  console.error(`slow:radosgw: ${radosgw}`);
  process.exit(1);
}
try {
  const behind = {
    endpoint: `http://127.0.0.1:${radosgw.port}`,
    accessKeyId: user.accessKeyId,
    secretAccessKey: user.secretKey,
  };
  const env = { MALLEE_TEST_BEHIND: JSON.stringify(behind), MALLEE_SOAK_MINUTES: values.minutes };
  const status = await jest(env, ...SAME_TESTS.map((name) => `services/walrus/src/${name}.test.ts`));
  process.exitCode ||= status;
} finally {
  await radosgw.stop();
}
