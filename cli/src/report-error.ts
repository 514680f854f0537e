import { toMalleeError } from '@mallee/errors';

/** Tells an error on standard error: its code, its text, what was tried and what to do. */
export function reportError(error: unknown): void {
  const typed = toMalleeError(error);
  process.stderr.write(`mallee: ${typed.code}: ${typed.message}\n`);
  if (typed.tried !== undefined) process.stderr.write(`  tried: ${typed.tried}\n`);
  process.stderr.write(`  what to do: ${typed.remedy}\n`);
  if (typed.code === 'InternalError' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}
