import { parentPort } from 'node:worker_threads';
import { Digester, type DigestName, type Digests } from './digester.js';

/** What a hashing thread is told about one job. It answers `bytes` and `end`, in the order in which they came. */
export type ToHashThread = { readonly job: number } & (
  | { readonly kind: 'start'; readonly names: readonly DigestName[] }
  /** The buffer is handed over, and comes back with the answer. */
  | { readonly kind: 'bytes'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'drop' }
);

/** The answer to `bytes` is the buffer, that to `end` the digests. */
export type FromHashThread = ArrayBuffer | Digests;

const digesters = new Map<number, Digester>();

parentPort?.on('message', (message: ToHashThread) => {
  const { job, kind } = message;
  const digester = digesters.get(job);
  switch (kind) {
    case 'start':
      digesters.set(job, new Digester(message.names));
      break;
    case 'bytes':
      digester?.update(Buffer.from(message.buffer, 0, message.length));
      parentPort?.postMessage(message.buffer, [message.buffer]);
      break;
    case 'end':
      parentPort?.postMessage(digester?.digest());
      digesters.delete(job);
      break;
    case 'drop':
      digesters.delete(job);
  }
});
