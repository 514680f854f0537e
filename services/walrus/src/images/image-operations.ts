import type { Handlers } from '@mallee/soap-rpc';
import type { MalleeWalrusOperations } from '@mallee/wsdl-types';
import type { ImageStore } from './image-store.js';

/** The operations of the SOAP service MalleeWalrus, which the CLC calls. */
export function imageOperations(store: ImageStore): Required<Handlers<MalleeWalrusOperations>> {
  return {
    /** Verified facts of an image that is about to be registered. */
    CheckImage: async ({ location, accountId }) => {
      const { manifest, signature } = await store.check(location, accountId);
      const { kind, architecture, name, size, bundledSize, digest, kernelId, ramdiskId } = manifest;
      return {
        return: true,
        kind,
        architecture,
        name,
        size,
        bundledSize,
        digest,
        kernelId,
        ramdiskId,
        signature: signature.toString('hex'),
      };
    },
    /** Answers as soon as the manifest is verified; the decryption goes on behind. */
    CacheImage: async ({ location, accountId }) => {
      store.decryptInBackground(await store.check(location, accountId));
      return { return: true };
    },
    FlushCachedImage: async ({ location, accountId }) => {
      await store.flush(location, accountId);
      return { return: true };
    },
  };
}
