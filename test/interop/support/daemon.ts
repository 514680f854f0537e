import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@mallee/private-services';
import { endOf, startTypeScript } from '@mallee/testing';

const top = join(import.meta.dirname, '../../..');

/** A daemon as a process of its own, from its sources, with its configuration file. */
export class Daemon {
  readonly origin: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<{ output: string }>;

  private constructor(origin: string, child: ChildProcess) {
    this.origin = origin;
    this.#child = child;
    this.#ended = endOf(child);
  }

  /** Starts `services/NAME` and waits until it says that it is ready. `settings` are all but the address to listen on. */
  static async start(name: 'nc' | 'cc', directory: string, settings: object): Promise<Daemon> {
    const port = await freePort();
    const file = join(directory, `${name}.json`);
    writeFileSync(file, JSON.stringify({ ...settings, name, listen: { host: '127.0.0.1', port } }));
    const child = startTypeScript(join(top, `services/${name}/src/main.ts`), ['--config', file]);
    const daemon = new Daemon(`http://127.0.0.1:${port}`, child);
    await daemon.#ready(name);
    return daemon;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  async #ready(name: string): Promise<void> {
    let output: string | undefined;
    void this.#ended.then((end) => (output = end.output));
    for (let tries = 0; tries < 600; tries += 1) {
      if (output !== undefined) throw new Error(`${name} ended: ${output}`);
      const answer = await fetch(`${this.origin}/readyz`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.ok === true) return;
      await sleep(100);
    }
    throw new Error(`${name} did not become ready`);
  }
}
