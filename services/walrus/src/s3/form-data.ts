import { MalleeError } from '@mallee/errors';

export interface FormPart {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
}

const MAX_HEADER_BYTES = 16 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads multipart/form-data (RFC 7578) as it arrives; nothing but the piece at hand is held. Throws `MalformedPOSTRequest`. */
export class FormReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  // The first boundary may stand at the very start; all others follow a line end.
  #buffer: Buffer = Buffer.from('\r\n');
  #atBoundary = false;
  #ended = false;

  constructor(chunks: AsyncIterable<Buffer>, boundary: string) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** The next part; its content must be read before the one after it. Undefined at the end of the form. */
  async next(): Promise<FormPart | undefined> {
    // What nobody read of the part before (or stands before the first one).
    if (!this.#atBoundary) for await (const _ of this.content()) void _;
    await this.#fill(2);
    if (this.#buffer.subarray(0, 2).toString('latin1') === '--') return undefined;
    const end = await this.#find(Buffer.from('\r\n\r\n'), MAX_HEADER_BYTES);
    const lines = text(this.#buffer.subarray(0, end)).split('\r\n').slice(1);
    this.#buffer = this.#buffer.subarray(end + 4);
    this.#atBoundary = false;
    return readHeaders(lines);
  }

  /** Content of the part at hand, up to the next boundary. */
  async *content(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      if (at !== -1) {
        const last = this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + this.#delimiter.length);
        this.#atBoundary = true;
        if (last.length > 0) yield last;
        return;
      }
      // The tail may be the beginning of a boundary.
      const sure = this.#buffer.length - this.#delimiter.length;
      if (sure > 0) {
        const piece = this.#buffer.subarray(0, sure);
        this.#buffer = this.#buffer.subarray(sure);
        yield piece;
      }
      await this.#more();
    }
  }

  /** Nothing more is read; lets go of the request. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Content of the part at hand as text, at most `maxBytes`. */
  async text(maxBytes: number): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of this.content()) {
      length += piece.length;
      if (length > maxBytes) throw new MalleeError('MaxMessageLengthExceeded', 'Your request was too big.');
      pieces.push(piece);
    }
    return text(Buffer.concat(pieces));
  }

  async #find(text: Buffer, within: number): Promise<number> {
    for (;;) {
      const at = this.#buffer.indexOf(text);
      if (at !== -1) return at;
      if (this.#buffer.length > within) throw malformed();
      await this.#more();
    }
  }

  async #fill(length: number): Promise<void> {
    while (this.#buffer.length < length) await this.#more();
  }

  async #more(): Promise<void> {
    if (this.#ended) throw malformed();
    const next = await this.#chunks.next();
    if (next.done === true) {
      this.#ended = true;
      throw malformed();
    }
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value]);
  }
}

/** The boundary that a Content-Type names; undefined when it is no form. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(
    contentType ?? '',
  );
  return match?.[1] ?? match?.[2];
}

function readHeaders(lines: readonly string[]): FormPart {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const mark = line.indexOf(':');
    if (mark > 0) headers.set(line.slice(0, mark).trim().toLowerCase(), line.slice(mark + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  const name = parameter(disposition, 'name');
  if (name === undefined) throw malformed();
  return { name, filename: parameter(disposition, 'filename'), contentType: headers.get('content-type') };
}

function parameter(disposition: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;"]*))`, 'i').exec(disposition);
  return match?.[1] ?? match?.[2];
}

/** UTF-8 without NUL. */
function text(bytes: Buffer): string {
  try {
    const decoded = utf8.decode(bytes);
    if (!decoded.includes('\0')) return decoded;
  } catch {
    // told below
  }
  throw malformed();
}

function malformed(): MalleeError {
  return new MalleeError(
    'MalformedPOSTRequest',
    'The body of your POST request is not well-formed multipart/form-data.',
  );
}
