import { MalleeError } from '@mallee/errors';
import { equalsAny } from './constant-time.js';
import { headerValue, type SignedRequest } from './request.js';
import type { PayloadRule } from './s3-payload.js';
import { signingKeyOf } from './signing-keys.js';
import { isFresh, SKEW_MS } from './timestamps.js';
import { canonicalS3Path, formatScope, UNSIGNED_PAYLOAD } from './v4-canonical.js';
import type { V4Claim } from './v4-claim.js';
import { expectedSignatures } from './v4-expected.js';

/** Checks signature, coverage and time of a V4 request; gives the rule its body has to follow. */
export function verifyS3V4(request: SignedRequest, claim: V4Claim, secretKey: string, now: Date): PayloadRule {
  const word = payloadWord(request, claim);
  const signingKey = signingKeyOf(secretKey, claim.scope);
  const canonicalPaths = [canonicalS3Path(request.rawPath), request.rawPath];
  const expected = expectedSignatures(request, claim, signingKey, { canonicalPaths, payloadHash: word });
  if (!equalsAny(claim.signature, expected)) {
    throw new MalleeError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  checkCoverage(request, claim);
  checkTime(claim, now);
  const signing = {
    signingKey,
    timestamp: claim.timestamp,
    scope: formatScope(claim.scope),
    seedSignature: claim.signature,
  };
  switch (word) {
    case UNSIGNED_PAYLOAD:
      return { kind: 'unsigned' };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { kind: 'chunked', signing, trailer: false };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { kind: 'chunked', signing, trailer: true };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { kind: 'chunked', trailer: true };
    default:
      return { kind: 'sha256', hex: word };
  }
}

const WORDS = new Set([
  UNSIGNED_PAYLOAD,
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
]);

function payloadWord(request: SignedRequest, claim: V4Claim): string {
  const word = headerValue(request.headers, 'x-amz-content-sha256');
  if (word === undefined) {
    if (claim.expires !== undefined) return UNSIGNED_PAYLOAD;
    throw new MalleeError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  if (WORDS.has(word) || /^[0-9a-f]{64}$/.test(word)) return word;
  if (word.startsWith('STREAMING-')) {
    throw new MalleeError('NotImplemented', `The payload form ${word} is not implemented.`);
  }
  throw new MalleeError(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-... or a SHA-256.',
  );
}

/** A header that changes what the request does must not be added after signing. */
function checkCoverage(request: SignedRequest, claim: V4Claim): void {
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && request.headers[name] !== undefined && !claim.signedHeaders.includes(name),
  );
  // The payload word is part of the canonical request itself.
  const harmful = unsigned.filter((name) => name !== 'x-amz-content-sha256');
  if (harmful.length > 0) {
    throw new MalleeError(
      'AccessDenied',
      `There were headers present in the request which were not signed: ${harmful.join(', ')}`,
    );
  }
}

function checkTime(claim: V4Claim, now: Date): void {
  if (claim.expires === undefined) {
    if (isFresh(claim.at, now)) return;
    throw new MalleeError(
      'RequestTimeTooSkewed',
      `The difference between the request time (${claim.at.toISOString()}) and the server's time (${now.toISOString()}) is too large.`,
    );
  }
  const age = now.getTime() - claim.at.getTime();
  if (age < -SKEW_MS) throw new MalleeError('AccessDenied', 'Request is not yet valid');
  if (age > claim.expires * 1000) throw new MalleeError('AccessDenied', 'Request has expired');
}
