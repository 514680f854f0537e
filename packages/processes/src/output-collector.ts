/** Keeps the first bytes of a stream and remembers whether there were more. */
export class OutputCollector {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  add(chunk: Buffer): void {
    if (this.#size < this.#limit) this.#chunks.push(chunk.subarray(0, this.#limit - this.#size));
    this.#size += chunk.length;
  }

  get overflowed(): boolean {
    return this.#size > this.#limit;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
