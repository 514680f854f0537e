import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { MalleeError } from '@mallee/errors';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Text for the standard input of the program. */
  readonly input?: string;
  /** Milliseconds after which the program is killed; default 5 minutes. */
  readonly timeoutMs?: number;
}

/** Full path of a program from PATH or the sbin folders (which the PATH of plain users lacks); undefined if absent. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
    '/bin',
  ];
  for (const folder of folders.filter((entry) => entry.startsWith('/'))) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not there; the next folder may have it.
    }
  }
  return undefined;
}

/** Like findProgram, but throws `Platform.ProgramMissing` naming the Debian package that has it. */
export async function requireProgram(name: string, debianPackage: string): Promise<string> {
  const path = await findProgram(name);
  if (path === undefined) {
    throw new MalleeError('Platform.ProgramMissing', `${name} is not installed (Debian package ${debianPackage})`);
  }
  return path;
}

/**
 * Runs a program without a shell and returns its standard output.
 * Throws `Platform.CommandFailed` with the end of its stderr, or `Platform.Timeout`.
 */
export async function runProgram(file: string, args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  const tried = [file, ...args].join(' ').slice(0, 300);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: 'C', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 300_000,
    killSignal: 'SIGKILL',
  });
  const output: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
  child.stdin.on('error', () => undefined); // a program that ends early closes its input; its exit code tells
  child.stdin.end(options.input ?? '');
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new MalleeError('Platform.CommandFailed', `${file} did not start`, { cause, tried })),
    );
    child.once('close', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
  });
  if (signal === 'SIGKILL') throw new MalleeError('Platform.Timeout', `${file} did not end in time`, { tried });
  if (code !== 0) {
    throw new MalleeError('Platform.CommandFailed', `${file} ended with ${code ?? signal}: ${errors.trim()}`, {
      tried,
      details: { stderr: errors },
    });
  }
  return Buffer.concat(output);
}
