import { pino, type Logger } from 'pino';
import { isMalleeError } from '@mallee/errors';
import { currentCorrelationId } from './correlation.js';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly name: string;
  readonly level: string;
  /** Absent: standard output, pretty when a terminal reads it. */
  readonly file?: string | undefined;
}

/** JSON lines with the correlation id of the running request; typed errors keep code, remedy and details. */
export function createLogger({ name, level, file }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    base: { name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => {
      const correlationId = currentCorrelationId();
      return correlationId === undefined ? {} : { correlationId };
    },
    serializers: { err: serializeError },
  };
  if (file !== undefined) return pino(options, pino.destination({ dest: file, mkdir: true, sync: false }));
  if (process.stdout.isTTY) return pino({ ...options, transport: { target: 'pino-pretty' }, formatters: {} });
  return pino(options);
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const typed = isMalleeError(error)
    ? { code: error.code, tried: error.tried, remedy: error.remedy, details: error.details }
    : {};
  const cause = error.cause === undefined ? {} : { cause: serializeError(error.cause) };
  return { type: error.name, message: error.message, ...typed, stack: error.stack, ...cause };
}
