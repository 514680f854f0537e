import type { FileHandle } from 'node:fs/promises';

const GATHERED_BYTES = 1024 * 1024;
/** However small, a chunk may keep a whole buffer of the socket alive. */
const GATHERED_CHUNKS = 32;
const SYNCED_BYTES = 16 * 1024 * 1024;

/**
 * Writes a file from its start while the next bytes arrive: pieces are gathered to one MiB, and what is written goes to the disk
 * on the way, so that the last sync has little left. At most two MiB wait in memory. A failure shows at the next call.
 */
export class WriteBehind {
  readonly #file: FileHandle;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #unsyncedBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The chunk must not change any more. Resolves when more may come. */
  async write(chunk: Buffer): Promise<void> {
    if (chunk.length === 0) return;
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes >= GATHERED_BYTES || this.#gathered.length >= GATHERED_CHUNKS) await this.#flush();
  }

  /** Resolves when all that came is in the file; the last of it is not yet on the disk. */
  async drain(): Promise<void> {
    await this.#flush();
    await this.#writing;
    await this.#syncing;
  }

  /** Resolves when nothing touches the file any more, whatever failed. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#syncing?.catch(() => undefined);
  }

  /** Waits for the write before and starts the next. */
  async #flush(): Promise<void> {
    await this.#writing;
    const chunks = this.#gathered;
    this.#unsyncedBytes += this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#writing = this.#writeAll(chunks);
    // It is heard at the next call.
    this.#writing.catch(() => undefined);
  }

  async #writeAll(chunks: Buffer[]): Promise<void> {
    let left = chunks;
    while (left.length > 0) left = after(left, (await this.#file.writev(left)).bytesWritten);
    if (this.#unsyncedBytes < SYNCED_BYTES) return;
    this.#unsyncedBytes = 0;
    await this.#syncing;
    this.#syncing = this.#file.datasync();
    this.#syncing.catch(() => undefined);
  }
}

/** What is left of the chunks after so many bytes. */
function after(chunks: Buffer[], bytes: number): Buffer[] {
  let [index, rest] = [0, bytes];
  for (let chunk = chunks[index]; chunk !== undefined && chunk.length <= rest; chunk = chunks[++index])
    rest -= chunk.length;
  const left = chunks.slice(index);
  if (rest > 0) left[0] = left[0]!.subarray(rest);
  return left;
}
