import { MessageChannel } from 'node:worker_threads';

/** Less is not worth the call. */
const WORTH_BYTES = 16 * 1024;
const { port1: nowhere, port2 } = new MessageChannel();
port2.close();

/**
 * Frees the memory of a buffer that nobody will use again, which is empty then. The chunks of a body are memory outside of the heap:
 * left to the garbage collector, every 64 MiB of them make it mark all of the heap. A closed port is where ownership of memory can be
 * given to.
 */
export function freeMemory(bytes: Buffer): void {
  const { buffer } = bytes;
  if (bytes.length >= WORTH_BYTES && bytes.length === buffer.byteLength && buffer instanceof ArrayBuffer)
    nowhere.postMessage(null, [buffer]);
}
