/** What a blob or a row belongs to. */
export interface Owner {
  readonly bucket: string;
  readonly key: string;
  /** Of a finished object. */
  readonly versionId?: string;
  /** Of an upload in parts that has not ended. */
  readonly uploadId?: string;
  readonly partNumber?: number;
}

/** One thing that is wrong with a store. */
export type Finding =
  /** A row names a blob that is not there. */
  | { readonly kind: 'missing-blob'; readonly blobId: string; readonly owner: Owner }
  | {
      readonly kind: 'wrong-size';
      readonly blobId: string;
      readonly owner: Owner;
      /** Bytes. */
      readonly expected: number;
      readonly found: number;
    }
  /** MD5 of the plain text, hex. */
  | {
      readonly kind: 'wrong-digest';
      readonly blobId: string;
      readonly owner: Owner;
      readonly expected: string;
      readonly found: string;
    }
  /** A blob that no row names, older than the grace period of the janitor. */
  | { readonly kind: 'orphan-blob'; readonly blobId: string }
  /** A version whose bytes are in parts, of which there are none. */
  | { readonly kind: 'no-parts'; readonly owner: Owner }
  | {
      readonly kind: 'wrong-size-of-parts';
      readonly owner: Owner;
      readonly expected: number;
      readonly found: number;
    }
  /** Parts of a version that there is not. */
  | { readonly kind: 'parts-without-version'; readonly rank: string; readonly parts: number }
  /** The newest version is not shown in listings, or another one is. */
  | { readonly kind: 'wrong-listing'; readonly owner: Owner };

export interface CheckCounts {
  /** Blobs that rows name. */
  readonly referenced: number;
  /** Blobs in the store that are older than the grace period. */
  readonly stored: number;
  /** Blobs whose digest was computed. */
  readonly contentsChecked: number;
  /** Blobs that only the key of a customer (SSE-C) opens, or whose digest was not kept. */
  readonly contentsNotCheckable: number;
}

export function describeFinding(finding: Finding): string {
  const { kind } = finding;
  const parts: string[] = [kind];
  if ('blobId' in finding) parts.push(`blob ${finding.blobId}`);
  if ('owner' in finding) parts.push(describeOwner(finding.owner));
  if ('rank' in finding) parts.push(`rank ${finding.rank}, ${finding.parts} parts`);
  if ('expected' in finding) parts.push(`expected ${finding.expected}, found ${finding.found}`);
  return parts.join(': ');
}

function describeOwner({ bucket, key, versionId, uploadId, partNumber }: Owner): string {
  const details = [
    versionId === undefined ? undefined : `version ${versionId}`,
    uploadId === undefined ? undefined : `upload ${uploadId}`,
    partNumber === undefined ? undefined : `part ${partNumber}`,
  ].filter((detail) => detail !== undefined);
  // Keys are what clients made of them: a control character must not reach the terminal.
  return `${JSON.stringify(`${bucket}/${key}`)} (${details.join(', ')})`;
}
