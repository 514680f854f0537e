// The crash test of Walrus for as long as asked: npm run soak:walrus -- --minutes 30
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes must be a positive number');

const root = join(import.meta.dirname, '../..');
const jest = join(root, 'node_modules/jest/bin/jest.js');
const test = spawn(process.execPath, ['--experimental-vm-modules', jest, 'services/walrus/src/crash.test.ts'], {
  cwd: root,
  env: { ...process.env, MALLEE_SOAK_MINUTES: String(minutes) },
  stdio: 'inherit',
});
test.once('exit', (code) => (process.exitCode = code ?? 1));
