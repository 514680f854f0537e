import { existsSync, readFileSync } from 'node:fs';
import type { Pool } from '@mallee/database';
import { replaceFile } from '@mallee/durable-files';
import { splitCertificates } from '@mallee/daemon';

/** What becomes of a text of trusted certificates; undefined: it stays. */
export type TrustChange = (text: string) => string | undefined;

/** Applies the change to files (once each); those that changed. */
export async function changeFiles(files: Iterable<string>, change: TrustChange): Promise<string[]> {
  const changed: string[] = [];
  for (const file of new Set(files)) {
    if (!existsSync(file)) continue;
    const text = change(readFileSync(file, 'utf8'));
    if (text === undefined) continue;
    await replaceFile(file, text);
    changed.push(file);
  }
  return changed;
}

/** Applies the change to the nodes that joined a cluster controller; the names of those that changed. */
export async function changeJoinedNodes(pool: Pool, change: TrustChange): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; certificates: string[] }>(
    `select name, certificates from joined_node`,
  );
  return changeRows(
    rows,
    ({ certificates }) => change(certificates.join('')),
    ({ name }, text) =>
      pool.query(`update joined_node set certificates = $2 where name = $1`, [name, splitCertificates(text)]),
  );
}

/** Applies the change to the components registered at a cloud controller; the names of those that changed. */
export async function changeComponents(pool: Pool, change: TrustChange): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; type: string; certificate: string }>(
    `select type, name, certificate from component`,
  );
  return changeRows(
    rows,
    ({ certificate }) => change(certificate),
    ({ name, type }, text) =>
      pool.query(`update component set certificate = $3 where type = $1 and name = $2`, [type, name, text]),
  );
}

async function changeRows<Row extends { name: string }>(
  rows: readonly Row[],
  change: (row: Row) => string | undefined,
  write: (row: Row, text: string) => Promise<unknown>,
): Promise<string[]> {
  const changed: string[] = [];
  for (const row of rows) {
    const text = change(row);
    if (text === undefined) continue;
    await write(row, text);
    changed.push(row.name);
  }
  return changed;
}
