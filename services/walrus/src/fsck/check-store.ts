import { createHash } from 'node:crypto';
import type { Pool } from '@mallee/database';
import type { BlobReader, BlobStore } from '../storage/blob-store.js';
import { blobCipher, type Keyring } from '../storage/encryption.js';
import { checkRows } from './check-rows.js';
import type { CheckCounts, Finding } from './findings.js';
import { isReferenced, references, unknownBlobs, type Reference } from './references.js';

export interface CheckOptions {
  readonly pool: Pool;
  readonly blobs: BlobStore;
  /** Reads every byte and compares digests. */
  readonly content: boolean;
  /** For the contents that Walrus encrypts; left out: they are not checked. */
  readonly keys: Keyring | undefined;
  /** Blobs younger than this may belong to an upload that is going on. */
  readonly graceMs: number;
}

export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly counts: CheckCounts;
}

const BATCH = 500;
const MD5 = /^[0-9a-f]{32}$/;

/** Compares rows and blobs and changes nothing. Walrus may serve meanwhile: what it changes is looked at again before it counts. */
export async function checkStore(options: CheckOptions): Promise<CheckResult> {
  const { pool, blobs, content } = options;
  const findings: Finding[] = [];
  let [referenced, contentsChecked, contentsNotCheckable] = [0, 0, 0];
  for await (const reference of references(pool)) {
    referenced++;
    const blob = await blobs.open(reference.blobId);
    const finding = blob === undefined ? missing(reference) : wrongSize(reference, blob);
    if (finding !== undefined && (await isReferenced(pool, reference.blobId))) findings.push(finding);
    const dataKey = finding === undefined && content ? dataKeyOf(reference, options.keys) : 'not checkable';
    if (blob === undefined || dataKey === 'not checkable') {
      await blob?.close();
      if (finding === undefined && content) contentsNotCheckable++;
      continue;
    }
    contentsChecked++;
    const found = await digestOf(blob, reference.blobId, dataKey);
    if (found !== reference.etag && (await isReferenced(pool, reference.blobId))) {
      const { blobId, owner, etag: expected } = reference;
      findings.push({ kind: 'wrong-digest', blobId, owner, expected, found });
    }
  }
  const { stored, orphans } = await findOrphans(options);
  findings.push(...orphans, ...(await checkRows(pool)));
  return { findings, counts: { referenced, stored, contentsChecked, contentsNotCheckable } };
}

function missing({ blobId, owner }: Reference): Finding {
  return { kind: 'missing-blob', blobId, owner };
}

function wrongSize({ blobId, owner, size: expected }: Reference, { size: found }: BlobReader): Finding | undefined {
  return found === expected ? undefined : { kind: 'wrong-size', blobId, owner, expected, found };
}

function dataKeyOf({ encryption, etag }: Reference, keys: Keyring | undefined): Buffer | undefined | 'not checkable' {
  if (!MD5.test(etag)) return 'not checkable';
  if (encryption === undefined) return undefined;
  return encryption.kind === 'SSE-C' || keys === undefined ? 'not checkable' : keys.open(encryption);
}

async function digestOf(blob: BlobReader, blobId: string, dataKey: Buffer | undefined): Promise<string> {
  const hash = createHash('md5');
  const cipher = dataKey === undefined ? undefined : blobCipher(dataKey, blobId);
  for await (const chunk of blob.stream() as AsyncIterable<Buffer>) hash.update(cipher?.update(chunk) ?? chunk);
  return hash.digest('hex');
}

async function findOrphans({ pool, blobs, graceMs }: CheckOptions): Promise<{ stored: number; orphans: Finding[] }> {
  const orphans: Finding[] = [];
  let stored = 0;
  let batch: string[] = [];
  const flush = async (): Promise<void> => {
    for (const blobId of await unknownBlobs(pool, batch)) orphans.push({ kind: 'orphan-blob', blobId });
    batch = [];
  };
  for await (const id of blobs.list(new Date(Date.now() - graceMs))) {
    stored++;
    batch.push(id);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return { stored, orphans };
}
