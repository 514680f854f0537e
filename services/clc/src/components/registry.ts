import type { Queryable } from '@mallee/database';

export type ComponentType = 'cluster' | 'storage' | 'walrus';

/** Dialect, profile and algorithm of a component. Ours: 2.0, body-timestamp, rsa-sha256. */
export interface Speech {
  readonly dialect: '2.0' | '4.4';
  readonly profile: 'body-timestamp' | 'headers-only';
  /** rsa-sha1 makes it an original. */
  readonly suite: 'rsa-sha256' | 'rsa-sha1';
}

export const ourSpeech: Speech = { dialect: '2.0', profile: 'body-timestamp', suite: 'rsa-sha256' };

/** A registered component with what the last poll of it said. */
export interface Component {
  readonly type: ComponentType;
  readonly name: string;
  /** The availability zone; `eucalyptus` for Walrus. */
  readonly partition: string;
  /** http://host:port or https://host:port, no trailing slash. */
  readonly url: string;
  /** PEM; two one after the other while the component changes its key. */
  readonly certificate: string;
  /** How it speaks; only clusters may differ from the default. */
  readonly speech: Speech;
  readonly lastOkAt: Date | null;
  readonly lastErrorCode: string | null;
  readonly lastError: string | null;
}

interface ComponentRow {
  type: ComponentType;
  name: string;
  partition: string;
  url: string;
  certificate: string;
  dialect: Speech['dialect'];
  profile: Speech['profile'];
  suite: Speech['suite'];
  last_ok_at: Date | null;
  last_error_code: string | null;
  last_error: string | null;
}

/** All registered components in the order type, name; of one type when `type` is given. */
export async function listComponents(database: Queryable, type?: ComponentType): Promise<Component[]> {
  const result = await database.query<ComponentRow>(
    `select type, name, partition, url, certificate, dialect, profile, suite, last_ok_at, last_error_code, last_error
       from component where $1::text is null or type = $1 order by type, name`,
    [type ?? null],
  );
  return result.rows.map((row) => ({
    type: row.type,
    name: row.name,
    partition: row.partition,
    url: row.url,
    certificate: row.certificate,
    speech: { dialect: row.dialect, profile: row.profile, suite: row.suite },
    lastOkAt: row.last_ok_at,
    lastErrorCode: row.last_error_code,
    lastError: row.last_error,
  }));
}

/** True when the last contact with the component succeeded. */
export function isAnswering(component: Component): boolean {
  return component.lastOkAt !== null && component.lastError === null;
}
