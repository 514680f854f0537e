import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { findProgram, programDirectories } from './find-program.js';
import { OutputCollector } from './output-collector.js';

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the environment of this process (with LC_ALL=C, so that messages can be read by programs). */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Text for standard input, which is empty otherwise. */
  readonly input?: string | undefined;
  /** Milliseconds until the program is killed; default 60 000. */
  readonly timeoutMs?: number | undefined;
  /** Kills the program; the promise rejects with an AbortError. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes kept of each output; default 16 MiB. More on standard output kills the program, more on standard error is dropped. */
  readonly maxOutputBytes?: number;
  /** The program leaves a server behind, which may keep the pipes open: once it has ended, wait no more than a moment for their end. */
  readonly leavesServer?: boolean;
}

export interface CommandResult {
  /** null when a signal ended the program. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_OUTPUT_BYTES = 16 * 1024 * 1024;
const LEFT_OPEN_MS = 300;

/**
 * Runs one program to its end with an argument array, never through a shell. Its failure is a result, not an error.
 * @throws Platform.ProgramMissing, Platform.Timeout, Platform.CommandFailed (it cannot be started, or it wrote too much)
 */
export async function tryCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const tried = [program, ...args].join(' ').slice(0, 300);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const limit = options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
  const stdout = new OutputCollector(limit);
  const stderr = new OutputCollector(limit);
  const child = start(program, args, options, tried);
  let killedBecause: MalleeError | undefined;
  const kill = (code: 'Platform.Timeout' | 'Platform.CommandFailed', why: string): void => {
    killedBecause ??= new MalleeError(code, `${program} ${why}`, { tried });
    child.kill('SIGKILL');
    letGo(child);
  };
  const timer = setTimeout(() => kill('Platform.Timeout', `did not end within ${timeoutMs} ms`), timeoutMs);
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout.add(chunk);
    if (stdout.overflowed) kill('Platform.CommandFailed', `wrote more than ${limit} bytes`);
  });
  child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk));
  if (options.leavesServer) child.on('exit', () => setTimeout(() => letGo(child), LEFT_OPEN_MS).unref());
  // A program that ends before it read its input gives EPIPE here; its exit status tells the story.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  try {
    const { exitCode, signal } = await ended(child);
    if (killedBecause !== undefined) throw killedBecause;
    return { exitCode, signal, stdout: stdout.bytes(), stderr: stderr.bytes() };
  } catch (error) {
    letGo(child);
    throw startError(error, program, options.cwd, tried);
  } finally {
    clearTimeout(timer);
  }
}

function start(program: string, args: readonly string[], options: CommandOptions, tried: string): ChildProcess {
  const { cwd, uid, gid, signal } = options;
  const search = { PATH: programDirectories().join(delimiter), LC_ALL: 'C' };
  try {
    return spawn(program, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...search, ...options.env },
      killSignal: 'SIGKILL',
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw startError(error, program, cwd, tried); // such as an argument with a zero byte
  }
}

/** Resolves when the program has ended and its outputs as well; rejects when it does not start or on abort. */
function ended(child: ChildProcess): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

/** Ends the wait for outputs that a child of the program may hold open. */
function letGo(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function startError(error: unknown, program: string, cwd: string | undefined, tried: string): unknown {
  const cause = error as NodeJS.ErrnoException;
  if (cause instanceof MalleeError || cause.name === 'AbortError') return cause;
  // A working directory that is not there is ENOENT as well; a directory on PATH that this user may not search is EACCES.
  const notFound = cause.code === 'ENOENT' || (cause.code === 'EACCES' && !program.includes('/'));
  const missing = notFound && findProgram(program) === undefined && (cwd === undefined || existsSync(cwd));
  const code = missing ? 'Platform.ProgramMissing' : 'Platform.CommandFailed';
  return new MalleeError(code, `cannot run ${program}: ${cause.message}`, { cause, tried });
}
