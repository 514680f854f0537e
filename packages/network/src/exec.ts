import { MalleeError } from '@mallee/errors';
import { tryCommand } from '@mallee/processes';

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

const DEFAULT_TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** Runs programs on this machine, optionally inside a network namespace. */
export class HostExec implements Exec {
  readonly #prefix: readonly string[];

  constructor(options: HostExecOptions = {}) {
    this.#prefix = options.netns === undefined ? [] : ['nsenter', `--net=${options.netns}`];
  }

  async run(argv: Argv, { input, timeoutMs = DEFAULT_TIMEOUT_MS }: ExecOptions = {}): Promise<ExecResult> {
    const [program, ...args] = [...this.#prefix, ...argv] as unknown as Argv;
    const result = await tryCommand(program, args, { input, timeoutMs, maxOutputBytes: MAX_OUTPUT_BYTES });
    return {
      code: result.exitCode ?? -1,
      stdout: result.stdout.toString('utf8'),
      stderr: result.stderr.toString('utf8'),
    };
  }
}
