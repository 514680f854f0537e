import type { ChunkSigning } from './chunk-signature.js';

/** What the signature promises about the body; whoever reads the body has to hold it to that. */
export type PayloadRule =
  | { readonly kind: 'unsigned' }
  /** The body must have this hex SHA-256, else `XAmzContentSHA256Mismatch`. */
  | { readonly kind: 'sha256'; readonly hex: string }
  /** The body is aws-chunked: read it through an AwsChunkedDecoder with these options. */
  | { readonly kind: 'chunked'; readonly signing?: ChunkSigning; readonly trailer: boolean };
