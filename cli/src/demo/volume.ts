import { CreateVolumeCommand, DeleteVolumeCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { demoStep, type DemoRun } from './demo-run.js';
import { waitFor } from './wait.js';

/** Creates a volume at the storage controller and deletes it again. */
export async function tryVolume(run: DemoRun): Promise<void> {
  const { zone } = run.layout;
  const id = await demoStep(
    run,
    'volume available',
    `ec2 create-volume --size 1 --availability-zone ${zone}`,
    async () => {
      const { VolumeId } = await run.ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: zone }));
      await waitFor(`state available of ${VolumeId}`, 60_000, async () =>
        (await stateOf(run, VolumeId!)) === 'available' ? true : undefined,
      );
      return VolumeId!;
    },
  );
  await demoStep(run, 'volume deleted', `ec2 delete-volume --volume-id ${id}`, async () => {
    await run.ec2.send(new DeleteVolumeCommand({ VolumeId: id }));
    await waitFor(`the end of ${id}`, 60_000, async () => ((await stateOf(run, id)) === undefined ? true : undefined));
  });
}

async function stateOf(run: DemoRun, id: string): Promise<string | undefined> {
  try {
    const { Volumes } = await run.ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
    const state = Volumes?.[0]?.State as string | undefined;
    return state === 'deleted' ? undefined : state;
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidVolume.NotFound') return undefined;
    throw error;
  }
}
