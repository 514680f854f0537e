import type { InstanceFiles } from '../instances/instance-files.js';
import { buildSeed } from '../seed/nocloud.js';
import type { LaunchHook } from './hook.js';

/** The seed disk that carries public key and user data into the guest, with or without a network. */
export function keyHook(files: InstanceFiles): LaunchHook {
  return {
    name: 'key',

    async prerun(context) {
      const { launch, launchTime } = context.record();
      await files.create(launch.instanceId);
      await files.writeSeed(launch.instanceId, buildSeed(launch, new Date(launchTime)));
    },

    // The seed lies in the directory of the instance, which goes with its disk.
    undo: () => Promise.resolve(),
  };
}
