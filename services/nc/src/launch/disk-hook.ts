import { MalleeError } from '@mallee/errors';
import { createInstanceDisk, type DiskMode } from '@mallee/hypervisor';
import type { ImageCache } from '../images/image-cache.js';
import { demandOf } from '../instances/capacity.js';
import type { InstanceFiles } from '../instances/instance-files.js';
import type { LaunchHook } from './hook.js';

/** The instance's own disk over the cached image: as large as the image or the instance type, whichever is more. */
export function diskHook(files: InstanceFiles, cache: Pick<ImageCache, 'path'>, mode: DiskMode): LaunchHook {
  return {
    name: 'disk',

    async prerun(context) {
      const { launch, images } = context.record();
      if (images === undefined) throw new MalleeError('Node.DiskFailed', 'the image of the instance is not known');
      await files.create(launch.instanceId);
      const diskFormat = await createInstanceDisk({
        base: cache.path(images.machine.sha256),
        target: files.disk(launch.instanceId),
        sizeBytes: demandOf(launch).diskBytes,
        mode,
        signal: context.signal,
      });
      await context.save({ diskFormat });
    },

    undo: async (context) => files.remove(context.record().launch.instanceId),
  };
}
