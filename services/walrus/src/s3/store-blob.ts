import type { BlobStore } from '../storage/blob-store.js';

/**
 * Runs the commit of a new blob. When it fails the blob goes, unless the database did not answer: then the commit may have
 * happened, and the janitor decides, not this request.
 */
export async function commitBlob<T>(
  blobs: BlobStore,
  blobId: string | undefined,
  commit: () => Promise<T>,
): Promise<T> {
  try {
    return await commit();
  } catch (error) {
    const unknown = (error as { code?: unknown }).code === 'Database.Unavailable';
    if (blobId !== undefined && !unknown) await blobs.remove(blobId);
    throw error;
  }
}
