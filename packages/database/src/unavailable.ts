import type pg from 'pg';
import { isMalleeError, MalleeError } from '@mallee/errors';

const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
const DRIVER =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

/** True for errors that say "the server is not there (now)", by SQLSTATE, errno or the driver's words. */
export function isUnavailable(error: unknown): boolean {
  const { code, message } = describe(error);
  // Class 08: connection exceptions; 57P01..57P03: shutting down or starting; 53300: too many connections.
  return NETWORK.has(code) || isMissingSocket(error) || /^(08...|57P0[123]|53300)$/.test(code) || DRIVER.test(message);
}

/** The unix socket is not there; the same code of any other call is about some file of the caller. */
function isMissingSocket(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  return code === 'ENOENT' && syscall === 'connect';
}

/** The error as `Database.Unavailable` when it is one, else unchanged. */
export function mapUnavailable(error: unknown): unknown {
  if (isMalleeError(error) || !isUnavailable(error)) return error;
  return new MalleeError('Database.Unavailable', describe(error).message, {
    cause: error,
    tried: 'talk to PostgreSQL',
  });
}

/** Code and message of whatever was thrown (by shape: errors of the network come from outside of a test's realm). */
export function describe(error: unknown): { code: string; message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', message: String(error) };
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Maps the rejections of `query` and `connect` of the pool, and of `query` of its clients: at the source, because a
 * function inside a transaction may fail with ENOENT or the like for reasons of its own.
 */
export function mapConnectionErrors(pool: pg.Pool): pg.Pool {
  mapRejections(pool, 'query');
  mapRejections(pool, 'connect');
  pool.on('connect', (client) => mapRejections(client, 'query'));
  return pool;
}

/** The methods are overloaded beyond what a typed wrapper can express. */
function mapRejections<K extends string>(target: Record<K, unknown>, name: K): void {
  const original = (target[name] as AnyFunction).bind(target);
  const wrapped: AnyFunction = (...args) => {
    const result = original(...args);
    return result instanceof Promise ? result.catch(rethrowMapped) : result;
  };
  Object.defineProperty(target, name, { value: wrapped, configurable: true, writable: true });
}

function rethrowMapped(error: unknown): never {
  throw mapUnavailable(error);
}
