import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const indexSchema = z.object({
  version: z.literal(1),
  /** What a URL held when it was last fetched. */
  urls: z.record(z.string(), z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), etag: z.string().optional() })),
  blobs: z.record(
    z.string().regex(/^[0-9a-f]{64}$/),
    z.object({ sizeBytes: z.number().int().min(0), usedAt: z.number() }),
  ),
});

export type CacheIndex = z.infer<typeof indexSchema>;

export function emptyIndex(): CacheIndex {
  return { version: 1, urls: {}, blobs: {} };
}

/** A missing or damaged index is an empty one: everything in it can be fetched again. */
export async function readIndex(path: string): Promise<CacheIndex> {
  try {
    return indexSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return emptyIndex();
  }
}

export async function writeIndex(path: string, index: CacheIndex): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, JSON.stringify(index), { mode: 0o600 });
  await rename(temporary, path);
}

/**
 * Which blobs must go, least recently used first, so that `incomingBytes` more fit into `budgetBytes`.
 * @returns undefined when even removing every unused blob is not enough
 */
export function blobsToEvict(
  blobs: CacheIndex['blobs'],
  inUse: ReadonlySet<string>,
  incomingBytes: number,
  budgetBytes: number,
): string[] | undefined {
  let total = Object.values(blobs).reduce((sum, blob) => sum + blob.sizeBytes, incomingBytes);
  const evicted: string[] = [];
  const candidates = Object.entries(blobs)
    .filter(([sha256]) => !inUse.has(sha256))
    .sort(([, a], [, b]) => a.usedAt - b.usedAt);
  for (const [sha256, blob] of candidates) {
    if (total <= budgetBytes) break;
    evicted.push(sha256);
    total -= blob.sizeBytes;
  }
  return total <= budgetBytes ? evicted : undefined;
}
