import type { BlockReader } from './block-reader.js';
import { archiveRefused, TAR_BLOCK, tarNumber } from './tar-header.js';

/** A run of stored bytes and where it belongs in the file. */
export interface SparseRun {
  readonly offset: number;
  readonly length: number;
}

export interface SparseMap {
  readonly runs: readonly SparseRun[];
  /** Size of the file with its holes. */
  readonly size: number;
}

const MAX_RUNS = 1_000_000;

/**
 * The map of a member of type S (old GNU sparse format, what `tar -S` writes by default): four runs in the header, then
 * 21 in each extension block.
 */
export async function readSparseMap(header: Buffer, storedSize: number, reader: BlockReader): Promise<SparseMap> {
  const runs: SparseRun[] = [];
  const size = tarNumber(header, 483, 12);
  collectRuns(header, 386, 4, runs);
  let extended = header[482] !== 0;
  while (extended) {
    const block = await reader.take(TAR_BLOCK);
    if (block === undefined) throw archiveRefused('it ends in a sparse map');
    collectRuns(block, 0, 21, runs);
    if (runs.length > MAX_RUNS) throw archiveRefused('its sparse map is too long');
    extended = block[504] !== 0;
  }
  checkRuns(runs, size, storedSize);
  return { runs, size };
}

function collectRuns(block: Buffer, at: number, count: number, runs: SparseRun[]): void {
  for (let index = 0; index < count; index++) {
    const start = at + index * 24;
    if (block[start] === 0) return;
    runs.push({ offset: tarNumber(block, start, 12), length: tarNumber(block, start + 12, 12) });
  }
}

function checkRuns(runs: readonly SparseRun[], size: number, storedSize: number): void {
  let end = 0;
  let stored = 0;
  for (const run of runs) {
    if (run.offset < end || run.offset + run.length > size) throw archiveRefused('its sparse map is not in order');
    end = run.offset + run.length;
    stored += run.length;
  }
  if (stored !== storedSize) throw archiveRefused('its sparse map does not match the stored size');
}
