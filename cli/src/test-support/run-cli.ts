import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const REGISTER = fileURLToPath(new URL('../../../packages/testing/typescript/register.mjs', import.meta.url));

export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the mallee command from its sources as a process of its own. */
export function runCli(args: readonly string[], input = ''): Promise<CliEnd> {
  const child = spawn(process.execPath, ['--no-warnings', '--import', REGISTER, MAIN, ...args], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
