import { createHash, createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { compareBytes } from './percent.js';
import { headerValue, type Headers, type SignedRequest } from './request.js';
import { formatBasic, isFresh, parseBasic, parseHeaderDate } from './timestamps.js';

/** The signature of component to component REST requests since Eucalyptus 3.2: RSA PKCS#1 v1.5 over SHA-256. */
export const EUCA2_ALGORITHM = 'EUCA2-RSA-SHA256';

export interface TrustedComponent<Role extends string = string> {
  readonly certificatePem: string;
  readonly role: Role;
}

export interface Euca2Authentication<Role extends string = string> {
  readonly certificatePem: string;
  readonly role: Role;
  /** The signed headers only (and transfer-encoding, content-length): whatever else was sent must not be looked at. */
  readonly headers: Headers;
}

/** True if the request claims to be signed this way. */
export function isEuca2Rest(request: SignedRequest): boolean {
  return (headerValue(request.headers, 'authorization') ?? '').startsWith(`${EUCA2_ALGORITHM} `);
}

/**
 * Signs a request: gives the headers to add (`authorization`, `date`). All of `request.headers` (lower-case names, `host`
 * among them) are covered.
 */
export function signEuca2Rest(
  request: SignedRequest,
  identity: { readonly privateKeyPem: string; readonly certificatePem: string },
  now: Date,
): { authorization: string; date: string } {
  const date = formatBasic(now);
  const headers: Headers = { ...request.headers, date };
  const names = Object.keys(headers).sort(compareBytes);
  const text = canonicalText({ ...request, headers }, names);
  const signature = sign('sha256', Buffer.from(text, 'utf8'), createPrivateKey(identity.privateKeyPem));
  const fingerprint = certificateFingerprint(identity.certificatePem);
  return {
    date,
    authorization: [EUCA2_ALGORITHM, fingerprint, names.join(';'), signature.toString('base64')].join(' '),
  };
}

/**
 * Verifies such a request against the certificates of registered components. Throws `AccessDenied` (not of this form, date
 * missing or unsigned, unknown certificate), `RequestTimeTooSkewed`, `SignatureDoesNotMatch`.
 */
export function verifyEuca2Rest<Role extends string>(
  request: SignedRequest,
  trusted: readonly TrustedComponent<Role>[],
  now: Date,
): Euca2Authentication<Role> {
  const parts = (headerValue(request.headers, 'authorization') ?? '').split(' ');
  const [algorithm, fingerprint, nameList, signature] = parts;
  if (parts.length !== 4 || algorithm !== EUCA2_ALGORITHM || !fingerprint || !nameList || !signature) {
    throw new MalleeError('AccessDenied', `The Authorization header is not of the form ${EUCA2_ALGORITHM}.`);
  }
  const names = nameList.toLowerCase().split(';');
  const sorted = names.every((name, i) => i === 0 || compareBytes(names[i - 1] as string, name) < 0);
  if (!sorted) throw new MalleeError('AccessDenied', 'The signed headers are not in order.');
  const component = trusted.find((one) => certificateFingerprint(one.certificatePem) === fingerprint.toLowerCase());
  if (component === undefined) {
    throw new MalleeError('AccessDenied', 'The certificate of the request is not one of a registered component.');
  }
  const key = new X509Certificate(component.certificatePem).publicKey;
  const text = Buffer.from(canonicalText(request, names), 'utf8');
  if (!verify('sha256', text, key, Buffer.from(signature, 'base64'))) {
    throw new MalleeError('SignatureDoesNotMatch', 'The signature of the component does not match the request.');
  }
  checkDate(request.headers, names, now);
  return { ...component, headers: onlySigned(request.headers, names) };
}

/** Lower-case hex MD5 of the DER form: the name of a certificate in this protocol (it names, it does not prove). */
export function certificateFingerprint(certificatePem: string): string {
  return createHash('md5').update(new X509Certificate(certificatePem).raw).digest('hex');
}

function canonicalText(request: SignedRequest, names: readonly string[]): string {
  const query = request.rawQuery
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => (piece.includes('=') ? piece : `${piece}=`))
    .sort((a, b) => compareBytes(a.slice(0, a.indexOf('=')), b.slice(0, b.indexOf('='))))
    .join('&');
  const headers = names.map((name) => `${name}:${(headerValue(request.headers, name) ?? '').trim()}`);
  return [request.method, request.rawPath, query, headers.join('\n'), names.join(';')].join('\n');
}

function checkDate(headers: Headers, names: readonly string[], now: Date): void {
  const name = names.includes('x-amz-date') ? 'x-amz-date' : 'date';
  const text = names.includes(name) ? (headerValue(headers, name) ?? '') : '';
  const at = parseBasic(text) ?? parseHeaderDate(text);
  if (at === undefined) throw new MalleeError('AccessDenied', 'The request needs a signed Date or x-amz-date.');
  if (isFresh(at, now)) return;
  throw new MalleeError(
    'RequestTimeTooSkewed',
    `The difference between the request time (${at.toISOString()}) and the server's time (${now.toISOString()}) is too large.`,
  );
}

function onlySigned(headers: Headers, names: readonly string[]): Headers {
  const kept = new Set([...names, 'transfer-encoding', 'content-length']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.has(name)));
}
