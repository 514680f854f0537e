import { MalleeError } from '@mallee/errors';
import { equalsAny } from './constant-time.js';
import type { Ec2Request } from './ec2-request.js';
import { isFresh, SKEW_MS } from './timestamps.js';
import { canonicalS3Path, canonicalServicePath, deriveSigningKey, sha256Hex } from './v4-canonical.js';
import type { V4Claim } from './v4-claim.js';
import { expectedSignatures } from './v4-expected.js';

/** True if the claim holds for the request. Region and service are taken as sent: boto 2 derives odd ones from the host. */
export function verifyEc2V4(request: Ec2Request, claim: V4Claim, secretKey: string): boolean {
  const key = deriveSigningKey(secretKey, claim.scope);
  const canonicalPaths = [
    canonicalServicePath(request.rawPath),
    canonicalS3Path(request.rawPath),
    request.rawPath === '' ? '/' : request.rawPath,
  ];
  const expected = expectedSignatures(request, claim, key, { canonicalPaths, payloadHash: sha256Hex(request.body) });
  return equalsAny(claim.signature, expected);
}

/** Throws `RequestExpired` outside the window of the claim. */
export function checkEc2V4Time(claim: V4Claim, now: Date): void {
  if (claim.expires === undefined) {
    if (isFresh(claim.at, now)) return;
  } else {
    const age = now.getTime() - claim.at.getTime();
    if (age >= -SKEW_MS && age <= claim.expires * 1000) return;
  }
  throw new MalleeError(
    'RequestExpired',
    `Request has expired. Date of the request: ${claim.timestamp}; time of the server: ${now.toISOString()}.`,
  );
}
