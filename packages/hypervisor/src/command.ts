import { spawn } from 'node:child_process';
import { MalleeError } from '@mallee/errors';

export interface CommandOptions {
  /** Milliseconds until the program is killed; default 30 000. */
  readonly timeoutMs?: number;
  /** Text written to standard input. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Runs one program with an argument vector, never through a shell, with messages in English.
 * @throws Platform.ProgramMissing, Platform.Timeout, Platform.CommandFailed (`details.stderr`, `details.exitCode`)
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const timeoutMs = options.timeoutMs ?? 30_000;
  return await new Promise<CommandResult>((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', ...options.env },
      signal: options.signal,
      killSignal: 'SIGKILL',
    });
    const stdout = new Collector();
    const stderr = new Collector();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    // A program that exits without reading its input is judged by its exit code alone.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(spawnError(program, error));
    });
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      const result = { stdout: stdout.text(), stderr: stderr.text() };
      if (exitCode === 0) return resolve(result);
      if (timedOut) return reject(new MalleeError('Platform.Timeout', `${program} did not end within ${timeoutMs} ms`));
      reject(commandFailed(program, args, exitCode, signal, result.stderr));
    });
  });
}

class Collector {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  add(chunk: Buffer): void {
    if (this.size >= MAX_OUTPUT_BYTES) return;
    this.chunks.push(chunk);
    this.size += chunk.length;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

function spawnError(program: string, error: NodeJS.ErrnoException): Error {
  if (error.name === 'AbortError') return error;
  if (error.code === 'ENOENT') {
    return new MalleeError('Platform.ProgramMissing', `the program ${program} is not installed`, { cause: error });
  }
  return new MalleeError('Platform.CommandFailed', `${program} cannot be started: ${error.message}`, { cause: error });
}

function commandFailed(
  program: string,
  args: readonly string[],
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): MalleeError {
  const text = stderr.trim().slice(0, 2000);
  const how = exitCode === null ? `was ended by ${signal ?? 'a signal'}` : `ended with code ${exitCode}`;
  return new MalleeError('Platform.CommandFailed', `${program} ${how}: ${text || 'no message'}`, {
    details: { program, args: args.slice(0, 20), exitCode, stderr: text },
  });
}
