import { Digester, type DigestName, type Digests } from './digester.js';
import { HashThreads } from './hash-threads.js';
import { SegmentedBody } from './segmented-body.js';

/** Where bytes go; resolves when their memory may be used again. It is not called before the call before has resolved. */
export type Sink = (bytes: Buffer) => Promise<void>;

/** Takes the bytes of a body, hands them on to a sink, and hashes them. */
export interface Body {
  /** No more bytes before its promise resolves; then the memory of the chunk is the caller's again. A failure may show later. */
  take(chunk: Buffer): Promise<void> | undefined;
  /** Resolves when the sink has taken all. */
  finish(): Promise<Digests>;
  /** In place of `finish`, or after it has failed; never while `take` is at work. Resolves when the sink is at rest. */
  abort(): Promise<void>;
}

/** From this size on a thread is worth its while. */
const LARGE_BYTES = 512 * 1024;
/** Bodies that threads hash at a time. Each may hold some MiB; one more is hashed in the main thread, with no memory of its own. */
const MOST_JOBS = 32;

export const hashThreads = new HashThreads();

/** The way that suits a body of so many bytes; what is unknown counts as infinite. */
export function openBody(names: readonly DigestName[], length: number, sink: Sink): Body {
  if (length < LARGE_BYTES || hashThreads.jobs >= MOST_JOBS) return new InlineBody(names, sink);
  return new SegmentedBody(hashThreads.start(names), sink);
}

/** One chunk after the other, all in this thread. */
export class InlineBody implements Body {
  readonly #digester: Digester;
  readonly #sink: Sink;

  constructor(names: readonly DigestName[], sink: Sink) {
    this.#digester = new Digester(names);
    this.#sink = sink;
  }

  take(chunk: Buffer): Promise<void> {
    this.#digester.update(chunk);
    return this.#sink(chunk);
  }

  finish(): Promise<Digests> {
    return Promise.resolve(this.#digester.digest());
  }

  abort(): Promise<void> {
    return Promise.resolve();
  }
}
