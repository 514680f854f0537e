import type { PoolClient } from '@mallee/database';
import type { JoinAnswer } from './messages.js';
import type { JoinRole } from './roles.js';

/** A component that asks to be registered; token, proof and clock are checked already. */
export interface Newcomer {
  readonly role: JoinRole;
  /** The zone that the token fixed. */
  readonly cluster: string | undefined;
  readonly name: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** PEM. */
  readonly certificate: string;
}

/** What a service does to take components of one role. Everything happens in the transaction that burns the token. */
export interface Registrar {
  /** @throws Joining.NameTaken and whatever else keeps the component out; the token then stays good */
  register(client: PoolClient, newcomer: Newcomer): Promise<JoinAnswer>;
  /** The PEM texts registered for a component; none when there is no such component. Locks it. */
  certificates(client: PoolClient, name: string): Promise<string[]>;
  replaceCertificates(client: PoolClient, name: string, certificates: readonly string[]): Promise<void>;
  /** After the transaction: makes the daemon look at what is registered now. */
  changed(): Promise<void>;
}

export type Registrars = Readonly<Partial<Record<JoinRole, Registrar>>>;

/** http or https URL of a newcomer, without path. */
export function newcomerUrl({ host, port, tls }: Pick<Newcomer, 'host' | 'port' | 'tls'>): string {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
