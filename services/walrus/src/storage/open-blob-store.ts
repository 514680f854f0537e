import type { WalrusConfig } from '../config.js';
import type { BlobStore } from './blob-store.js';
import { FileBlobStore } from './file-blob-store.js';
import { S3BlobStore } from './s3-blob-store.js';

/** The blob store that the configuration names. */
export async function openBlobStore({
  storage,
  objectsDirectory,
}: Pick<WalrusConfig, 'storage' | 'objectsDirectory'>): Promise<BlobStore> {
  return storage.kind === 's3' ? await S3BlobStore.open(storage) : await FileBlobStore.open(objectsDirectory);
}
