import type { SignedRequest } from './request.js';
import { canonicalQuery, canonicalRequest, v4Signature } from './v4-canonical.js';
import type { V4Claim } from './v4-claim.js';

/** The signatures that a claim may carry: one for each form in which clients write the path. */
export function expectedSignatures(
  request: SignedRequest,
  claim: V4Claim,
  signingKey: Buffer,
  forms: { readonly canonicalPaths: readonly string[]; readonly payloadHash: string },
): string[] {
  return [...new Set(forms.canonicalPaths)].map((canonicalPath) => {
    const canonical = canonicalRequest({
      method: request.method,
      canonicalPath,
      canonicalQuery: canonicalQuery(request.rawQuery),
      headers: request.headers,
      signedHeaders: claim.signedHeaders,
      payloadHash: forms.payloadHash,
    });
    return v4Signature(signingKey, claim.timestamp, claim.scope, canonical);
  });
}
