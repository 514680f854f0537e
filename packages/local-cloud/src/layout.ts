import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MalleeError } from '@mallee/errors';
import { isRoot } from '@mallee/private-services';
import { writeWhole } from './write-whole.js';

/** In the order of their start: a cluster controller that finds its node has capacity from its first poll on. */
export const daemons = ['clc', 'walrus', 'sc', 'nc', 'cc'] as const;
export type DaemonName = (typeof daemons)[number];

/** What `up` decided once for a state directory; kept in `cloud.json`, so that every later command agrees. */
export interface CloudLayout {
  readonly stateDirectory: string;
  /** Tells this cloud's bridge, nft table and domains from those of other clouds on the machine. */
  readonly tag: string;
  readonly zone: string;
  readonly host: string;
  readonly ports: Readonly<Record<DaemonName | 'metadata', number>>;
  readonly network: {
    readonly mode: 'bridge' | 'user';
    readonly bridge: string;
    readonly subnet: string;
    /** Only `user`, and only written by hand: guests may open connections as this host does, also to its loopback. */
    readonly outbound?: boolean;
  };
}

export interface LayoutWishes {
  readonly portBase?: number;
  readonly host?: string;
  readonly zone?: string;
}

const DEFAULT_PORT_BASE = 8773;

/** Root keeps its state where the postgres user can reach it; others below their own data directory. */
export function defaultStateDirectory(): string {
  if (isRoot()) return '/var/lib/mallee';
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'mallee');
}

/** Top of the checkout (or of the installed tree), seen from src and dist alike. */
export const treeTop = resolve(fileURLToPath(new URL('../../..', import.meta.url)));

export function layoutFile(stateDirectory: string): string {
  return join(stateDirectory, 'cloud.json');
}

/** The layout that `up` wrote; undefined if there is no cloud in the directory. */
export function readLayout(stateDirectory: string): CloudLayout | undefined {
  const file = layoutFile(stateDirectory);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as CloudLayout;
  } catch (cause) {
    throw new MalleeError('Configuration.Invalid', `${file} is damaged; ./mallee reset --force starts anew`, { cause });
  }
}

export function requireLayout(stateDirectory: string): CloudLayout {
  const layout = readLayout(stateDirectory);
  if (layout !== undefined) return layout;
  throw new MalleeError('Platform.NoCloud', `there is no cloud in ${stateDirectory}`);
}

/** The existing layout, or a new one with free ports and a subnet that the machine does not use. */
export async function makeLayout(stateDirectory: string, wishes: LayoutWishes): Promise<CloudLayout> {
  const existing = readLayout(stateDirectory);
  if (existing !== undefined) return existing;
  checkWishes(wishes);
  const digest = createHash('sha256').update(resolve(stateDirectory)).digest();
  const tag = digest.toString('hex').slice(0, 4);
  const host = wishes.host ?? '127.0.0.1';
  const base = wishes.portBase ?? (await freeBlock(host));
  const layout: CloudLayout = {
    stateDirectory: resolve(stateDirectory),
    tag,
    zone: wishes.zone ?? 'one',
    host,
    ports: { clc: base, cc: base + 1, nc: base + 2, walrus: base + 3, sc: base + 4, metadata: base + 5 },
    network: { mode: isRoot() ? 'bridge' : 'user', bridge: `mallee-${tag}`, subnet: freeSubnet(digest) },
  };
  mkdirSync(layout.stateDirectory, { recursive: true, mode: 0o755 });
  writeWhole(layoutFile(layout.stateDirectory), `${JSON.stringify(layout, null, 2)}\n`, 0o644);
  return layout;
}

/** What is wrong here would stay: the layout is decided once. */
function checkWishes({ portBase, zone }: LayoutWishes): void {
  if (portBase !== undefined && !(Number.isInteger(portBase) && portBase >= 1 && portBase <= 65_530)) {
    throw new MalleeError(
      'InvalidParameterValue',
      'the first of the six ports is a number from 1 to 65530 (--port-base)',
    );
  }
  if (zone !== undefined && !/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(zone)) {
    throw new MalleeError('InvalidParameterValue', 'a zone name has 1 to 32 letters, digits, _ and - (--zone)');
  }
}

/** First block of six free ports: the original's 8773 and up, then steps of ten. */
async function freeBlock(host: string): Promise<number> {
  for (let base = DEFAULT_PORT_BASE; base < 10_000; base += 10) {
    const free = await Promise.all([0, 1, 2, 3, 4, 5].map((offset) => isFree(host, base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new MalleeError('Configuration.Invalid', 'no block of six free ports found; use --port-base');
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, host, () => server.close(() => done(true)));
  });
}

/** A /24 below 10.64.0.0/10 chosen by the digest, skipping those in which the machine has an address. */
export function freeSubnet(digest: Buffer, used: readonly string[] = ownAddresses()): string {
  for (let attempt = 0; attempt < 256; attempt += 1) {
    const second = 64 + (digest[0]! % 64);
    const third = (digest[1]! + attempt) % 256;
    const prefix = `10.${second}.${third}.`;
    if (!used.some((address) => address.startsWith(prefix))) return `${prefix}0/24`;
  }
  throw new MalleeError('Configuration.Invalid', 'no free private subnet found');
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
