import { hmacSha256, sha256Hex } from './v4-canonical.js';

/** What the signatures of the chunks of one upload share with the signature of its headers. */
export interface ChunkSigning {
  readonly signingKey: Buffer;
  /** Basic ISO form of the request date. */
  readonly timestamp: string;
  /** `YYYYMMDD/REGION/SERVICE/aws4_request`. */
  readonly scope: string;
  /** Signature of the request headers: the first of the chain. */
  readonly seedSignature: string;
}

const EMPTY_HASH = sha256Hex('');

/** Signature of a chunk, given the one before it and the hex SHA-256 of its data. */
export function chunkSignature(signing: ChunkSigning, previous: string, dataHash: string): string {
  const parts = ['AWS4-HMAC-SHA256-PAYLOAD', signing.timestamp, signing.scope, previous, EMPTY_HASH, dataHash];
  return hmacSha256(signing.signingKey, parts.join('\n')).toString('hex');
}

/** Signature over the trailing headers, given the one of the last chunk. */
export function trailerSignature(
  signing: ChunkSigning,
  previous: string,
  trailers: ReadonlyArray<readonly [name: string, value: string]>,
): string {
  const text = trailers.map(([name, value]) => `${name}:${value}\n`).join('');
  const parts = ['AWS4-HMAC-SHA256-TRAILER', signing.timestamp, signing.scope, previous, sha256Hex(text)];
  return hmacSha256(signing.signingKey, parts.join('\n')).toString('hex');
}
