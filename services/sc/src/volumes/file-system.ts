import { isMalleeError, MalleeError } from '@mallee/errors';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** `code` of a Node.js system error, else ''. */
export function errorCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/**
 * Runs a step on files; its failure becomes `Storage.NoSpace` when the file system is full, else `Storage.FileSystemFailed`.
 */
export async function onFiles<T>(tried: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (isMalleeError(error)) throw error;
    const code = FULL.has(errorCode(error)) ? 'Storage.NoSpace' : 'Storage.FileSystemFailed';
    throw new MalleeError(code, error instanceof Error ? error.message : String(error), { cause: error, tried });
  }
}
