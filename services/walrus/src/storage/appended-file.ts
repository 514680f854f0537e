import type { FileHandle } from 'node:fs/promises';

const SYNCED_BYTES = 16 * 1024 * 1024;

/** Writes a file from its start. What is written goes to the disk on the way, so that the last sync has little left. */
export class AppendedFile {
  readonly #file: FileHandle;
  #unsyncedBytes = 0;
  #syncing: Promise<void> | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Resolves when all of the chunk is written, and may change; one call at a time. */
  async write(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) at += (await this.#file.write(chunk, at)).bytesWritten;
    this.#unsyncedBytes += chunk.length;
    if (this.#unsyncedBytes < SYNCED_BYTES) return;
    this.#unsyncedBytes = 0;
    await this.#syncing;
    this.#syncing = this.#file.datasync();
    // It is heard at the next call.
    this.#syncing.catch(() => undefined);
  }

  /** Resolves when no sync is under way any more. The last bytes are in the file, but not yet on the disk. */
  async drain(): Promise<void> {
    await this.#syncing;
  }

  /** The same, whatever came of it. */
  async settle(): Promise<void> {
    await this.#syncing?.catch(() => undefined);
  }
}
