import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../../cli/dist/main.js');

export interface CliEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `mallee` command under way. */
export interface CliRun {
  readonly process: ChildProcess;
  readonly end: Promise<CliEnd>;
}

/** Starts the built command; `variables` are added to the environment, from which those of clients are taken. */
export function startMallee(args: readonly string[], variables: Readonly<Record<string, string>> = {}): CliRun {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|EC2|S3|EUCA)/.test(name));
  const env = { ...Object.fromEntries(inherited), NODE_OPTIONS: '--no-warnings', ...variables };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const end = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { process: child, end };
}

/** Runs it to its end. */
export function mallee(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<CliEnd> {
  return startMallee(args, variables).end;
}
