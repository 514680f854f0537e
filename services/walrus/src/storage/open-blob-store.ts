import type { WalrusConfig } from '../config.js';
import type { BlobStore } from './blob-store.js';
import { FileBlobStore } from './file-blob-store.js';

/** The blob store that the configuration names. */
export async function openBlobStore(config: Pick<WalrusConfig, 'objectsDirectory'>): Promise<BlobStore> {
  return await FileBlobStore.open(config.objectsDirectory);
}
