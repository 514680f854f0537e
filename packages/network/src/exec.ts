import { spawn } from 'node:child_process';
import { MalleeError } from '@mallee/errors';

export type Argv = readonly [string, ...string[]];

export interface ExecOptions {
  /** Text for standard input. */
  readonly input?: string;
  /** Milliseconds until the program is killed; default 20 000. */
  readonly timeoutMs?: number;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The one door to programs of the host. An argv array, never a shell. */
export interface Exec {
  /**
   * Runs a program to its end. A non-zero exit is a result, not an error.
   * Throws Platform.ProgramMissing, Platform.Timeout.
   */
  run(argv: Argv, options?: ExecOptions): Promise<ExecResult>;
}

/** Like `exec.run`, but a non-zero exit throws Platform.CommandFailed that shows the command and what it said. */
export async function runOrThrow(exec: Exec, argv: Argv, options?: ExecOptions): Promise<ExecResult> {
  const result = await exec.run(argv, options);
  if (result.code === 0) return result;
  const said = (result.stderr || result.stdout).trim().slice(0, 2000);
  throw new MalleeError('Platform.CommandFailed', `${argv.join(' ')}: exit ${String(result.code)}: ${said}`, {
    details: { argv, code: result.code },
  });
}

export interface HostExecOptions {
  /** Path of a network namespace (such as /run/netns/NAME); every program runs inside it. Tests use this. */
  readonly netns?: string;
}

const OUTPUT_LIMIT = 4 * 1024 * 1024;

/** Runs programs on this machine, optionally inside a network namespace. */
export class HostExec implements Exec {
  readonly #prefix: readonly string[];

  constructor(options: HostExecOptions = {}) {
    this.#prefix = options.netns === undefined ? [] : ['nsenter', `--net=${options.netns}`];
  }

  run(argv: Argv, options: ExecOptions = {}): Promise<ExecResult> {
    const [program, ...args] = [...this.#prefix, ...argv] as unknown as Argv;
    const timeoutMs = options.timeoutMs ?? 20_000;
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: programEnvironment() });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      let size = 0;
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        child.kill('SIGKILL');
      }, timeoutMs);
      const keep = (into: Buffer[]) => (chunk: Buffer) => {
        size += chunk.length;
        if (size <= OUTPUT_LIMIT) into.push(chunk);
      };
      child.stdout.on('data', keep(out));
      child.stderr.on('data', keep(err));
      // A program that ends before it read its input gives EPIPE here; its exit code tells the story.
      child.stdin.on('error', () => undefined);
      child.stdin.end(options.input ?? '');
      child.on('error', (cause) => {
        clearTimeout(timer);
        reject(new MalleeError('Platform.ProgramMissing', `cannot start ${program}: ${cause.message}`, { cause }));
      });
      child.on('close', (code) => {
        clearTimeout(timer);
        if (timedOut) {
          const message = `${argv.join(' ')}: no end after ${String(timeoutMs)} ms`;
          reject(new MalleeError('Platform.Timeout', message));
          return;
        }
        resolve({
          code: code ?? -1,
          stdout: Buffer.concat(out).toString('utf8'),
          stderr: Buffer.concat(err).toString('utf8'),
        });
      });
    });
  }
}

/** ip, nft and dnsmasq live in sbin, which is not on the PATH of every account. */
function programEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`, LC_ALL: 'C' };
}
