import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment but PATH; the client sees nothing of the developer's own settings. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** After so long it is ended by force; 3 minutes when left out. */
  readonly timeoutMs?: number;
  /** User and group it runs as; for root only. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface RunEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a client to its end, without a shell. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunEnd> {
  const child = spawn(program, args, {
    stdio: 'pipe',
    cwd: options.cwd,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...options.env },
    timeout: options.timeoutMs ?? 180_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The same; gives what it printed. A program that fails is an error with what it said. */
export async function runWell(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}: ${stderr}${stdout}`);
  return stdout;
}
