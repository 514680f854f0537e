import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const storage = new AsyncLocalStorage<string>();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** HTTP header that carries the correlation id between daemons and back to the client. */
export const correlationHeader = 'x-mallee-correlation-id';

/** Runs `fn` so that everything it awaits logs and calls peers under this correlation id. */
export function withCorrelation<T>(id: string, fn: () => T): T {
  return storage.run(id, fn);
}

export function currentCorrelationId(): string | undefined {
  return storage.getStore();
}

export function newCorrelationId(): string {
  return randomUUID();
}

/** Ids come from outside; only a UUID is taken over into logs and messages. */
export function isCorrelationId(text: string | undefined): text is string {
  return text !== undefined && UUID.test(text);
}
