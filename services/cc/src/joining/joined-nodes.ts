import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@mallee/daemon';
import type { Queryable } from '@mallee/database';
import { replaceFile } from '@mallee/durable-files';
import type { ClusterConfig, NodeConfig } from '../config.js';

const LOOK_AGAIN_MS = 5_000;

/** What joins is one of ours. */
const OURS = { dialect: '2.0', profile: 'body-timestamp', suite: 'rsa-sha256' } as const;

interface JoinedRow {
  readonly name: string;
  readonly url: string;
  readonly certificates: readonly string[];
}

/**
 * The nodes that joined with a token. They are in the database; their certificates also lie as files in a directory, so that the rest
 * of the cluster controller has them like those of its configuration.
 */
export class JoinedNodes {
  readonly #database: Queryable;
  readonly #directory: string;
  readonly #logger: Logger;
  #nodes: readonly NodeConfig[] = [];
  #seen = '';
  #reading: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  /** `directory` is this object's own: what is in it and belongs to no joined node is removed. */
  constructor(database: Queryable, directory: string, logger: Logger) {
    this.#database = database;
    this.#directory = directory;
    this.#logger = logger;
  }

  /** The configuration with the joined nodes in it. */
  addTo(config: ClusterConfig): ClusterConfig {
    if (this.#nodes.length === 0) return config;
    const certificates = this.#nodes.flatMap(({ certificate }) => (certificate === undefined ? [] : [certificate]));
    const configured = new Set(config.nodes.map(({ url }) => url));
    return {
      ...config,
      nodes: [...config.nodes, ...this.#nodes.filter(({ url }) => !configured.has(url))],
      trust: { ...config.trust, node: [...(config.trust.node ?? []), ...certificates] },
    };
  }

  /** Reads the table again; true when nodes came or went. A changed certificate is in its file afterwards. */
  refresh(): Promise<boolean> {
    const next = this.#reading.then(() => this.#read());
    this.#reading = next.catch(() => undefined);
    return next;
  }

  /** Looks every few seconds for what was removed, or added by another process. */
  watch(changed: () => Promise<void>): void {
    this.#timer = setInterval(() => {
      this.refresh()
        .then((different) => (different ? changed() : undefined))
        .catch((error: unknown) => this.#logger.warn({ err: error }, 'could not read the joined nodes'));
    }, LOOK_AGAIN_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  async #read(): Promise<boolean> {
    const { rows } = await this.#database.query<JoinedRow>(
      `select name, url, certificates from joined_node order by joined_at, name`,
    );
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (const row of rows) await writeIfNew(this.#file(row.name), row.certificates.join(''));
    const before = this.#seen;
    this.#nodes = rows.map(({ name, url }) => ({ ...OURS, url, certificate: this.#file(name) }));
    this.#seen = JSON.stringify(this.#nodes);
    await this.#removeOthers(rows.map(({ name }) => name));
    return this.#seen !== before;
  }

  async #removeOthers(names: readonly string[]): Promise<void> {
    const wanted = new Set(names.map((name) => this.#file(name)));
    for (const entry of await readdir(this.#directory)) {
      const file = join(this.#directory, entry);
      if (!wanted.has(file)) await rm(file, { force: true });
    }
  }

  /** Names are letters, digits, _ and -. */
  #file(name: string): string {
    return join(this.#directory, `${name}-cert.pem`);
  }
}

async function writeIfNew(file: string, text: string): Promise<void> {
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present !== text) await replaceFile(file, text);
}
