import { MalleeError } from '@mallee/errors';

/** Throws Wire.PolicyViolation. */
export function violation(what: string): never {
  throw new MalleeError('Wire.PolicyViolation', what);
}

/** Throws Wire.SignatureInvalid. */
export function invalid(what: string, cause?: unknown): never {
  throw new MalleeError('Wire.SignatureInvalid', what, cause === undefined ? {} : { cause });
}

/** Throws Wire.AlgorithmRefused. */
export function refused(what: string): never {
  throw new MalleeError('Wire.AlgorithmRefused', what);
}
