import type { ImageCache, PinnedImage } from '../images/image-cache.js';
import type { ImageFile } from '../instances/record.js';
import type { LaunchHook } from './hook.js';

/** Brings kernel, ramdisk and machine image into the cache; the record names them, which keeps them there. */
export function imageCacheHook(cache: Pick<ImageCache, 'fetch' | 'has'>): LaunchHook {
  return {
    name: 'imageCache',

    async prerun(context) {
      const { launch, images } = context.record();
      if (images !== undefined && Object.values(images).every((image) => cache.has(image))) return;
      const pinned: PinnedImage[] = [];
      const fetch = async (url: string): Promise<ImageFile> => {
        const image = await cache.fetch(url, context.signal);
        pinned.push(image);
        return { sha256: image.sha256, sizeBytes: image.sizeBytes };
      };
      try {
        const kernel = launch.kernelUrl === undefined ? undefined : await fetch(launch.kernelUrl);
        const ramdisk = launch.ramdiskUrl === undefined ? undefined : await fetch(launch.ramdiskUrl);
        const machine = await fetch(launch.imageUrl);
        await context.save({
          images: {
            machine,
            ...(kernel === undefined ? {} : { kernel }),
            ...(ramdisk === undefined ? {} : { ramdisk }),
          },
        });
      } finally {
        for (const image of pinned) image.release();
      }
    },

    // The images stay in the cache; they become evictable when the record no longer occupies the node.
    undo: () => Promise.resolve(),
  };
}
