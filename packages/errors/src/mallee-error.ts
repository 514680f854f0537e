import { catalogue, type ErrorCode } from './catalogue.js';

const BRAND = Symbol.for('mallee.error');

export interface MalleeErrorOptions {
  readonly cause?: unknown;
  /** What the code was trying to do, in a few words: "fetch manifest images/tiny.manifest.xml from walrus". */
  readonly tried?: string;
  /** Structured facts for the log; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Every failure that crosses a module boundary. `code` is a key of the catalogue, which gives the HTTP status,
 * the general cause and the remedy; `message` says what happened this time.
 */
export class MalleeError extends Error {
  readonly code: ErrorCode;
  readonly tried: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: MalleeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MalleeError';
    this.code = code;
    this.tried = options.tried;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }

  get status(): number {
    return catalogue[this.code].status;
  }

  get remedy(): string {
    return catalogue[this.code].remedy;
  }
}

/** True for a MalleeError, also one made by another copy of this package. */
export function isMalleeError(value: unknown): value is MalleeError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** The error itself if it is typed, else an `InternalError` that keeps it as its cause. */
export function toMalleeError(value: unknown, tried?: string): MalleeError {
  if (isMalleeError(value)) return value;
  const message = value instanceof Error ? value.message : String(value);
  return new MalleeError('InternalError', message, { cause: value, ...(tried === undefined ? {} : { tried }) });
}

/** True if `code` is in the catalogue (codes that arrive from a peer are text). */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}
