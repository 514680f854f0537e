import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';
import type { DesiredNetwork } from './desired-state.js';
import type { DhcpDriver } from './dhcp-driver.js';
import { runOrThrow, type Exec } from './exec.js';
import {
  dnsmasqFiles,
  renderDnsmasqConfig,
  renderDnsmasqHosts,
  withoutConflictingLeases,
  type DnsmasqFiles,
} from './render-dnsmasq.js';

/**
 * Runs one dnsmasq for one network. The server outlives this process (guests go on renewing while a daemon restarts) and
 * is adopted by its pid file after the command line of the process was checked. A new host is a SIGHUP; a restart happens
 * only for a changed configuration or to drop a stale lease that blocks a planned address.
 */
export class DnsmasqDriver implements DhcpDriver {
  readonly #exec: Exec;
  readonly #files: DnsmasqFiles;

  constructor(exec: Exec, directory: string) {
    this.#exec = exec;
    this.#files = dnsmasqFiles(path.resolve(directory));
  }

  async apply(state: DesiredNetwork): Promise<void> {
    const directory = path.dirname(this.#files.config);
    await mkdir(directory, { recursive: true, mode: 0o755 });
    const config = renderDnsmasqConfig(state, this.#files, await accountFor(directory));
    const configChanged = await replaceFile(this.#files.config, config);
    const hostsChanged = await replaceFile(this.#files.hosts, renderDnsmasqHosts(state.hosts));
    const leases = withoutConflictingLeases(await readOrEmpty(this.#files.leases), state.hosts);
    let pid = await this.pid();
    if (pid !== undefined && (configChanged || leases !== undefined)) {
      await this.stop();
      pid = undefined;
    }
    if (pid === undefined) {
      if (leases !== undefined) await writeFile(this.#files.leases, leases);
      // dnsmasq goes to the background by itself, after its sockets are open.
      await runOrThrow(this.#exec, ['dnsmasq', this.#configArgument()]);
      return;
    }
    if (hostsChanged) await this.#reload(pid);
  }

  /** The pid of our dnsmasq, undefined when it does not run. */
  async pid(): Promise<number | undefined> {
    const pid = Number((await readOrEmpty(this.#files.pid)).trim());
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    const argv = (await readOrEmpty(`/proc/${String(pid)}/cmdline`)).split('\0');
    return argv.includes(this.#configArgument()) ? pid : undefined;
  }

  async stop(): Promise<void> {
    const pid = await this.pid();
    if (pid === undefined) return;
    process.kill(pid, 'SIGTERM');
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await this.pid()) === undefined) return;
      if (tries === 50) process.kill(pid, 'SIGKILL');
      await sleep(50);
    }
    throw new MalleeError('Cluster.NetworkFailed', `dnsmasq ${String(pid)} does not end`);
  }

  async #reload(pid: number): Promise<void> {
    const before = (await readOrEmpty(this.#files.log)).length;
    process.kill(pid, 'SIGHUP');
    // dnsmasq says "read FILE" when it has; without that line (log rotated away) half a second has to do.
    for (let tries = 0; tries < 25; tries += 1) {
      const said = (await readOrEmpty(this.#files.log)).slice(before);
      if (said.includes(`read ${this.#files.hosts}`)) return;
      await sleep(20);
    }
  }

  #configArgument(): string {
    return `--conf-file=${this.#files.config}`;
  }
}

/** The account dnsmasq drops to: nobody, unless a directory above its files is closed to others. */
async function accountFor(directory: string): Promise<string> {
  for (let at = directory; ; at = path.dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & 0o001) === 0) return 'root';
    if (at === path.dirname(at)) return 'nobody';
  }
}

/** Writes beside and renames; returns whether the content is new. */
async function replaceFile(file: string, content: string): Promise<boolean> {
  if ((await readOrEmpty(file, '\0')) === content) return false;
  await writeFile(`${file}.new`, content, { mode: 0o644 });
  await rename(`${file}.new`, file);
  return true;
}

async function readOrEmpty(file: string, missing = ''): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return missing;
    throw error;
  }
}
