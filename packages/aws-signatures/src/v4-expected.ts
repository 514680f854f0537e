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
  return [...new Set(forms.canonicalPaths)].flatMap((canonicalPath) => {
    const canonical = canonicalRequest({
      method: request.method,
      canonicalPath,
      canonicalQuery: canonicalQuery(request.rawQuery),
      headers: request.headers,
      signedHeaders: claim.signedHeaders,
      payloadHash: forms.payloadHash,
    });
    const sign = (text: string | Buffer): string => v4Signature(signingKey, claim.timestamp, claim.scope, text);
    // Header values arrive as bytes; clients sign them as UTF-8 or as the Latin-1 they were given.
    return /[^\0-\x7f]/.test(canonical) ? [sign(canonical), sign(Buffer.from(canonical, 'latin1'))] : [sign(canonical)];
  });
}
