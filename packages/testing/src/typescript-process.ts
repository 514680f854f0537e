import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const register = fileURLToPath(new URL('../typescript/register.mjs', import.meta.url));

/**
 * Starts a TypeScript file of the workspace as a process of its own, without a build: for tests that kill it. Its standard
 * output and error are pipes.
 */
export function startTypeScript(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--no-warnings', '--import', register, file, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves with the exit code or the signal that ended the process, and what it wrote. */
export async function endOf(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; output: string }> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return await new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, output })));
}
