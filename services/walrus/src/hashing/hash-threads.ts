import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MalleeError } from '@mallee/errors';
import type { DigestName, Digests } from './digester.js';
import type { FromHashThread, ToHashThread } from './hash-thread.js';

/** A hash of one body that is computed elsewhere. */
export interface HashJob {
  /** Hashes the first `length` bytes. The segment (with all its memory) is handed over, and given back when this resolves. */
  update(segment: Buffer, length: number): Promise<Buffer>;
  digest(): Promise<Digests>;
  /** In place of `digest`; harmless after it. */
  drop(): void;
}

/**
 * Threads that hash large bodies while the main thread receives the next bytes: started when first needed, shared by the bodies of
 * that moment, and no reason for the process to live on. One that dies fails its jobs with `InternalError`; the next job gets
 * another.
 */
export class HashThreads {
  readonly #most: number;
  readonly #threads = new Set<HashThread>();

  constructor(most = Math.min(4, Math.max(1, availableParallelism() - 1))) {
    this.#most = most;
  }

  /** Jobs that have neither given a digest nor been dropped. */
  get jobs(): number {
    return [...this.#threads].reduce((sum, thread) => sum + thread.jobs, 0);
  }

  start(names: readonly DigestName[]): HashJob {
    return this.#idlest().start(names);
  }

  /** Ends all threads, and fails what they were doing. */
  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #idlest(): HashThread {
    let best: HashThread | undefined;
    for (const thread of this.#threads) if (best === undefined || thread.jobs < best.jobs) best = thread;
    if (best !== undefined && (best.jobs === 0 || this.#threads.size >= this.#most)) return best;
    const thread = new HashThread(() => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }
}

interface Waiting {
  resolve(answer: FromHashThread): void;
  reject(error: unknown): void;
}

/** What a thread allocates itself is small. */
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

class HashThread {
  readonly #worker: Worker;
  /** Oldest first; answers come in this order. */
  readonly #waiting: Waiting[] = [];
  readonly #ended: Promise<void>;
  #failure: MalleeError | undefined;
  #lastJob = 0;
  #jobs = 0;

  constructor(gone: () => void) {
    const { file, execArgv } = threadFile();
    this.#worker = new Worker(file, { execArgv, name: 'hashing', resourceLimits: LIMITS });
    this.#worker.unref();
    this.#worker.on('message', (answer: FromHashThread) => this.#waiting.shift()?.resolve(answer));
    const fail = (cause?: unknown): void => {
      this.#failure ??= new MalleeError('InternalError', 'A hashing thread ended.', { cause });
      gone();
      for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
    };
    this.#worker.on('error', fail).on('messageerror', fail);
    this.#ended = new Promise((resolve) => this.#worker.on('exit', () => resolve(fail())));
  }

  get jobs(): number {
    return this.#jobs;
  }

  start(names: readonly DigestName[]): HashJob {
    const job = ++this.#lastJob;
    this.#count(1);
    let open = true;
    const close = (): void => {
      if (open) this.#count(-1);
      open = false;
    };
    this.#worker.postMessage({ job, kind: 'start', names } satisfies ToHashThread);
    return {
      update: async ({ buffer }, length) => {
        const message = { job, kind: 'bytes', buffer: buffer as ArrayBuffer, length } as const;
        return Buffer.from((await this.#ask(message, [message.buffer])) as ArrayBuffer);
      },
      digest: async () => {
        try {
          const digests = (await this.#ask({ job, kind: 'end' })) as Digests;
          return new Map([...digests].map(([name, bytes]) => [name, Buffer.from(bytes)]));
        } finally {
          close();
        }
      },
      drop: () => {
        this.#worker.postMessage({ job, kind: 'drop' } satisfies ToHashThread);
        close();
      },
    };
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
    await this.#ended;
  }

  #ask(message: ToHashThread, transfer: ArrayBuffer[] = []): Promise<FromHashThread> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(message, transfer);
    });
  }

  /** While it works the process waits for it. */
  #count(more: 1 | -1): void {
    this.#jobs += more;
    if (this.#jobs === 0) this.#worker.unref();
    else if (more === 1 && this.#jobs === 1) this.#worker.ref();
  }
}

/** The thread's code: JavaScript of the build or, in tests, the TypeScript beside this file. */
function threadFile(): { file: URL; execArgv: string[] } {
  const source = import.meta.url.endsWith('.ts');
  if (!source) return { file: new URL('./hash-thread.js', import.meta.url), execArgv: [] };
  const register = new URL('../../../../packages/testing/typescript/register.mjs', import.meta.url);
  return {
    file: new URL('./hash-thread.ts', import.meta.url),
    execArgv: ['--no-warnings', '--import', register.href],
  };
}
