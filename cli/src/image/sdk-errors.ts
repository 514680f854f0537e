import { isErrorCode, isMalleeError, MalleeError } from '@mallee/errors';

/** Runs calls to the cloud; what it answers becomes an error of the catalogue, with its text. */
export async function cloudCall<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isMalleeError(error)) throw error;
    const { name, message, code, $metadata } = error as {
      name: string;
      message: string;
      code?: string;
      $metadata?: { httpStatusCode?: number };
    };
    const status = $metadata?.httpStatusCode;
    const known = [name, code].find((one): one is string => typeof one === 'string' && isErrorCode(one));
    if (known !== undefined && isErrorCode(known)) throw new MalleeError(known, message, { cause: error });
    if (status === 403) throw new MalleeError('AccessDenied', message || 'the cloud refused', { cause: error });
    // An answer to HEAD has no text.
    if (status === 503) throw new MalleeError('ServiceUnavailable', 'the cloud is busy or away', { cause: error });
    if (status === undefined && typeof code === 'string') {
      throw new MalleeError('Wire.PeerUnreachable', `the cloud does not answer: ${code}`, { cause: error });
    }
    throw error;
  }
}
