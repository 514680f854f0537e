import { sign, verify, X509Certificate } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { fingerprint } from './fingerprint.js';
import type { RotateRequest } from './messages.js';

type Signed = Pick<RotateRequest, 'role' | 'name' | 'time' | 'step' | 'certificate'>;

/** What the signing request of the new key names, so that it is of use for this exchange alone. */
export function rotationChallenge({ role, name, time, step }: Omit<Signed, 'certificate'>): string {
  return `${step} ${role} ${name} ${time}`;
}

/** Signature over the exchange with a registered key, base64. */
export function signRotation(request: Signed, privateKeyPem: string): string {
  return sign('sha256', signedText(request), privateKeyPem).toString('base64');
}

/**
 * The certificates of the component from now on; undefined when they are that already, so that a request may be sent again.
 * @throws Joining.BadProof when no registered key signed
 */
export function checkRotation(request: RotateRequest, registered: readonly string[]): string[] | undefined {
  const signedBy = (pem: string): boolean =>
    verify('sha256', signedText(request), new X509Certificate(pem).publicKey, Buffer.from(request.signature, 'base64'));
  const wanted = fingerprint(request.certificate);
  const known = registered.some((pem) => fingerprint(pem) === wanted);
  if (request.step === 'add') {
    const signer = registered.find(signedBy);
    if (signer === undefined) throw refused();
    // Never more than two: a new key that was prepared before and not used gives way.
    return known ? undefined : [signer, request.certificate];
  }
  if (!known || !signedBy(request.certificate)) throw refused();
  return registered.length === 1 ? undefined : [request.certificate];
}

function signedText(request: Signed): Buffer {
  return Buffer.from(`mallee key rotation 1\n${rotationChallenge(request)}\n${fingerprint(request.certificate)}\n`);
}

function refused(): MalleeError {
  return new MalleeError('Joining.BadProof', 'no key that is registered for the component signed this');
}
