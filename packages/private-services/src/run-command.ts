import { spawn } from 'node:child_process';
import { MalleeError } from '@mallee/errors';

export interface CommandOptions {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Text for standard input. */
  readonly input?: string;
}

/** Runs a program to its end (argv, never a shell) and gives its standard output; failure carries its stderr. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { timeoutMs = 60_000, input, ...rest } = options;
  const tried = [program, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...definedOnly(rest),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const code = cause.code === 'ENOENT' ? 'Platform.ProgramMissing' : 'Platform.CommandFailed';
      reject(new MalleeError(code, `cannot run ${program}: ${cause.message}`, { cause, tried }));
    });
    // `exit`, not `close`: a server that the command leaves behind may keep the pipes open.
    child.on('exit', (status, signal) => {
      clearTimeout(timer);
      child.stdout!.destroy();
      child.stderr!.destroy();
      if (status === 0) return resolve(stdout);
      const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
      const text = (stderr || stdout).trim();
      reject(new MalleeError('Platform.CommandFailed', `${program} ${how}: ${text}`, { tried, details: { stderr } }));
    });
    if (input !== undefined) child.stdin!.end(input);
  });
}

function definedOnly<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
