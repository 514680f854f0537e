import { readSelfSigned, readSigningRequest } from '@mallee/certificates';
import { MalleeError, isMalleeError } from '@mallee/errors';

/**
 * Checks that the sender holds the key of the certificate now: the request is signed with it and names this exchange. Returns the
 * certificate alone, as PEM: what may be registered.
 * @throws Joining.BadProof
 */
export function checkProof(certificate: string, signingRequest: string, challenge: string): string {
  try {
    const own = readSelfSigned(certificate);
    const request = readSigningRequest(signingRequest);
    if (!own.publicKey.equals(request.publicKey)) throw bad('certificate and signing request have different keys');
    if (request.challenge !== challenge) throw bad('the signing request was made for something else');
    return own.toString();
  } catch (cause) {
    if (isMalleeError(cause) && cause.code === 'Keys.Invalid') throw bad(cause.message);
    throw cause;
  }
}

function bad(message: string): MalleeError {
  return new MalleeError('Joining.BadProof', message);
}
