import { createHash, type Hash } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { chunkSignature, trailerSignature, type ChunkSigning } from './chunk-signature.js';
import { equalText } from './constant-time.js';

export interface AwsChunkedOptions {
  /** Set for the signed forms: every chunk (and the trailer) must carry the right signature. */
  readonly signing?: ChunkSigning;
  /** Trailing headers follow the last chunk. */
  readonly trailer: boolean;
  /** Lower-case names that `x-amz-trailer` announced. */
  readonly trailerNames?: readonly string[];
  /** `x-amz-decoded-content-length`: the body must decode to exactly this. */
  readonly decodedLength?: number;
}

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

const MAX_LINE = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Decodes a body of `Content-Encoding: aws-chunked` (without the outer HTTP chunking). A signed chunk is checked when its last
 * byte is in, so a reader has seen its bytes before: use what came out only after `end` has returned. Checksums in trailers are
 * for the reader to verify (`verifyChecksum`), who hashes the data anyway, and perhaps elsewhere.
 *
 * Errors: `SignatureDoesNotMatch`, `IncompleteBody`, `InvalidRequest`.
 */
export class AwsChunkedDecoder {
  /** Trailing headers, by lower-case name; complete after `end`. */
  readonly trailers = new Map<string, string>();
  readonly #options: AwsChunkedOptions;
  #state: State = 'size';
  #line: Buffer[] = [];
  #lineLength = 0;
  #left = 0;
  #lastChunk = false;
  #decoded = 0;
  #previous: string;
  #claimed = '';
  #hash: Hash | undefined;
  #trailerBytes = 0;
  #trailerSignature: string | undefined;

  constructor(options: AwsChunkedOptions) {
    this.#options = options;
    this.#previous = options.signing?.seedSignature ?? '';
  }

  /** The data in the next bytes of the body: pieces of them, without a copy. */
  decode(chunk: Buffer): Buffer[] {
    const data: Buffer[] = [];
    for (let at = 0; at < chunk.length;)
      at = this.#state === 'data' ? this.#takeData(chunk, at, data) : this.#takeLine(chunk, at);
    return data;
  }

  /** After the last bytes. */
  end(): void {
    // Some clients leave the empty line after the trailers (or after the last chunk) out.
    if (this.#state === 'trailer' || (this.#state === 'data-end' && this.#lastChunk)) this.#finish();
    if (this.#state !== 'done') throw new MalleeError('IncompleteBody', 'The chunked body ends before its last chunk.');
  }

  #takeData(chunk: Buffer, at: number, out: Buffer[]): number {
    const data = chunk.subarray(at, at + this.#left);
    this.#left -= data.length;
    this.#decoded += data.length;
    this.#hash?.update(data);
    out.push(data);
    if (this.#left === 0) {
      this.#checkChunk();
      this.#state = 'data-end';
    }
    return at + data.length;
  }

  #takeLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(LF, at);
    const piece = chunk.subarray(at, end === -1 ? chunk.length : end);
    this.#lineLength += piece.length;
    if (this.#lineLength > MAX_LINE) throw new MalleeError('InvalidRequest', 'A chunk header is too long.');
    if (end === -1) {
      // The caller may use the chunk again.
      this.#line.push(Buffer.from(piece));
      return chunk.length;
    }
    let line = this.#line.length === 0 ? piece : Buffer.concat([...this.#line, piece]);
    if (line[line.length - 1] === CR) line = line.subarray(0, -1);
    this.#line = [];
    this.#lineLength = 0;
    this.#readLine(line.toString('latin1'));
    return end + 1;
  }

  #readLine(line: string): void {
    switch (this.#state) {
      case 'size':
        return this.#startChunk(line);
      case 'data-end':
        if (line !== '') throw new MalleeError('InvalidRequest', 'A chunk is longer than its size says.');
        if (this.#lastChunk) this.#finish();
        else this.#state = 'size';
        return;
      case 'trailer':
        return this.#readTrailer(line);
      case 'data':
      case 'done':
        if (line !== '') throw new MalleeError('InvalidRequest', 'The body goes on after its last chunk.');
    }
  }

  #startChunk(line: string): void {
    const match = /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
    const signed = match?.[2] !== undefined;
    if (match === null || signed !== (this.#options.signing !== undefined)) {
      throw new MalleeError('InvalidRequest', 'A chunk header is malformed.');
    }
    this.#left = parseInt(match[1] as string, 16);
    this.#claimed = match[2] ?? '';
    const { decodedLength } = this.#options;
    if (decodedLength !== undefined && this.#decoded + this.#left > decodedLength) {
      throw new MalleeError('IncompleteBody', 'The body is longer than x-amz-decoded-content-length.');
    }
    if (signed) this.#hash = createHash('sha256');
    if (this.#left > 0) {
      this.#state = 'data';
      return;
    }
    this.#lastChunk = true;
    this.#checkChunk();
    this.#state = this.#options.trailer ? 'trailer' : 'data-end';
  }

  #checkChunk(): void {
    const { signing } = this.#options;
    if (signing === undefined || this.#hash === undefined) return;
    const expected = chunkSignature(signing, this.#previous, this.#hash.digest('hex'));
    this.#hash = undefined;
    if (!equalText(this.#claimed, expected)) throw mismatch('chunk');
    this.#previous = expected;
  }

  #readTrailer(line: string): void {
    if (line === '') {
      // Signed trailers end with their signature; an empty line before it separates, it does not end.
      const waiting =
        this.#options.signing !== undefined && this.#trailerSignature === undefined && this.trailers.size > 0;
      if (!waiting) this.#finish();
      return;
    }
    this.#trailerBytes += line.length;
    const mark = line.indexOf(':');
    const name = line.slice(0, mark).trim().toLowerCase();
    if (mark < 1 || this.#trailerBytes > MAX_LINE || this.trailers.has(name) || this.#trailerSignature !== undefined) {
      throw new MalleeError('InvalidRequest', 'The trailing headers are malformed.');
    }
    const value = line.slice(mark + 1).trim();
    if (name === 'x-amz-trailer-signature') this.#trailerSignature = value;
    else this.trailers.set(name, value);
  }

  #finish(): void {
    this.#state = 'done';
    const { decodedLength, signing, trailer } = this.#options;
    if (decodedLength !== undefined && this.#decoded !== decodedLength) {
      throw new MalleeError('IncompleteBody', 'The body is shorter than x-amz-decoded-content-length.');
    }
    if (!trailer) return;
    if (signing !== undefined) {
      const expected = trailerSignature(signing, this.#previous, [...this.trailers]);
      if (!equalText(this.#trailerSignature ?? '', expected)) throw mismatch('trailer');
    }
    const announced = this.#options.trailerNames ?? [];
    const missing = announced.find((name) => !this.trailers.has(name));
    const extra = [...this.trailers.keys()].find((name) => !announced.includes(name));
    if (missing !== undefined || extra !== undefined) {
      throw new MalleeError('InvalidRequest', 'The trailing headers differ from those x-amz-trailer announced.');
    }
  }
}

function mismatch(what: string): MalleeError {
  return new MalleeError('SignatureDoesNotMatch', `The signature of a ${what} does not match the one calculated here.`);
}
