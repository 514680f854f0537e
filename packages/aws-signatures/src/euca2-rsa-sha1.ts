import { createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { readOriginalDate } from './euca2-rsa-sha1-date.js';
import type { TrustedComponent } from './euca2-rest.js';
import { headerValue, type SignedRequest } from './request.js';
import { isFresh } from './timestamps.js';

/** The Authorization header of the 2.0 generation: a constant, the signature has a header of its own. */
export const EUCA_AUTHORIZATION = 'Euca';

export interface EucaRsaSha1Authentication<Role extends string = string> {
  readonly certificatePem: string;
  readonly role: Role;
  /** base64; the same again for each repetition of a request within one second. */
  readonly signature: string;
}

/** True if the request carries a signature of the 2.0 generation. */
export function isEucaRsaSha1(request: SignedRequest): boolean {
  return headerValue(request.headers, 'eucasignature') !== undefined;
}

/**
 * Verifies a request as node controllers of Eucalyptus 2.0 sign it: RSA PKCS#1 v1.5 with SHA-1 over `VERB LF Date LF path?query LF`.
 * No header but Date is covered, so nothing may be allowed for the sake of another one. The original took whatever certificate the
 * request brought (EucaCert) and any date; here it must be one of `trusted`, and the date within 15 minutes.
 * `utcOffsetMinutes`: the zone of dates without one. Throws `AccessDenied`, `RequestTimeTooSkewed`, `SignatureDoesNotMatch`.
 */
export function verifyEucaRsaSha1<Role extends string>(
  request: SignedRequest,
  trusted: readonly TrustedComponent<Role>[],
  now: Date,
  utcOffsetMinutes?: number,
): EucaRsaSha1Authentication<Role> {
  const signature = single(request, 'eucasignature') ?? '';
  const date = single(request, 'date');
  const given = single(request, 'eucacert');
  if (date === undefined) throw new MalleeError('AccessDenied', 'The request needs a Date.');
  const bytes = strictBase64(signature);
  const candidates = given === undefined ? trusted : trusted.filter((one) => isCertificate(given, one.certificatePem));
  if (candidates.length === 0) {
    throw new MalleeError('AccessDenied', 'The certificate of the request is not one of a registered component.');
  }
  const text = Buffer.from(textToSign(request, date), 'latin1');
  const signer = candidates.find(({ certificatePem }) => {
    const key = new X509Certificate(certificatePem).publicKey;
    return key.asymmetricKeyType === 'rsa' && verify('sha1', text, key, bytes);
  });
  if (signer === undefined) {
    throw new MalleeError('SignatureDoesNotMatch', 'The signature of the component does not match the request.');
  }
  const instants = readOriginalDate(date, utcOffsetMinutes);
  if (instants.length === 0) throw new MalleeError('AccessDenied', 'The Date of the request cannot be read.');
  if (!instants.some((at) => isFresh(at, now))) {
    throw new MalleeError(
      'RequestTimeTooSkewed',
      `The difference between the request time (${date}) and the server's time (${now.toISOString()}) is too large.`,
    );
  }
  return { ...signer, signature };
}

/** The headers that an original node controller adds to a request; `date` is the text it puts into Date. */
export function signEucaRsaSha1(
  request: Pick<SignedRequest, 'method' | 'rawPath' | 'rawQuery'>,
  identity: { readonly privateKeyPem: string; readonly certificatePem: string },
  date: string,
): { authorization: string; date: string; eucacert: string; eucasignature: string } {
  const text = Buffer.from(textToSign(request, date), 'latin1');
  return {
    authorization: EUCA_AUTHORIZATION,
    date,
    eucacert: Buffer.from(identity.certificatePem).toString('base64'),
    eucasignature: sign('sha1', text, createPrivateKey(identity.privateKeyPem)).toString('base64'),
  };
}

function textToSign({ method, rawPath, rawQuery }: Omit<SignedRequest, 'headers'>, date: string): string {
  return `${method}\n${date}\n${rawPath}${rawQuery === '' ? '' : `?${rawQuery}`}\n`;
}

/** A header that may come once only: of two, the signature and its reader could mean different ones. */
function single({ headers }: SignedRequest, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (!Array.isArray(value)) return value;
  if (value.length > 1) throw new MalleeError('AccessDenied', `The header ${name} comes more than once.`);
  return value[0];
}

function strictBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (text === '' || bytes.toString('base64') !== text) {
    throw new MalleeError('AccessDenied', 'The signature of the request is not base64.');
  }
  return bytes;
}

/** EucaCert is base64 of a PEM text. Compared are the certificates, not their texts: line ends differ. */
function isCertificate(eucaCert: string, pem: string): boolean {
  try {
    return new X509Certificate(Buffer.from(eucaCert, 'base64')).raw.equals(new X509Certificate(pem).raw);
  } catch {
    return false;
  }
}
