import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterConfig } from '../config.js';
import { until } from './test-cluster.js';

const top = join(import.meta.dirname, '../../../..');

/** Brings dist up to date: the daemon of these tests is the built one. */
export function build(): void {
  const tsc = join(top, 'node_modules/typescript/bin/tsc');
  const result = spawnSync(process.execPath, [tsc, '-b', 'services/cc'], { cwd: top, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stdout + result.stderr);
}

/** The cluster controller as a process of its own. */
export class DaemonProcess {
  readonly origin: string;
  readonly #file: string;
  readonly #port: number;
  #child: ChildProcess | undefined;
  #output = '';

  readonly #prefix: readonly string[];

  /** `prefix`: a program and arguments that run the daemon, such as nsenter. */
  constructor(config: ClusterConfig, port: number, prefix: readonly string[] = []) {
    this.#port = port;
    this.#prefix = prefix;
    this.origin = `http://127.0.0.1:${String(port)}`;
    this.#file = join(config.stateDirectory, `${config.cluster}.json`);
    this.write(config);
  }

  /** Writes the configuration file, also under the running daemon. */
  write(config: ClusterConfig): void {
    writeFileSync(this.#file, JSON.stringify({ ...config, listen: { host: '127.0.0.1', port: this.#port } }));
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts without waiting until it is ready. */
  launch(): ChildProcess {
    const main = join(top, 'services/cc/dist/main.js');
    const [program = '', ...args] = [...this.#prefix, process.execPath, main, '--config', this.#file];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    }
    return child;
  }

  async start(): Promise<void> {
    const child = this.launch();
    await until(`the daemon is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`the daemon ended: ${this.#output}`);
      return (await fetch(`${this.origin}/readyz`).catch(() => undefined))?.ok;
    });
  }

  /** Kills without warning; safe to call at any time. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  signal(name: 'SIGHUP' | 'SIGTERM'): void {
    this.#child?.kill(name);
  }

  /** Waits until the process has ended; its exit code, null after a kill. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }
}
