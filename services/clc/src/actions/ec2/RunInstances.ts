import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction, type ActionContext } from '../../ec2/action.js';
import {
  integer,
  optionalStructure,
  optionalText,
  structures,
  tagSpecifications,
  text,
  texts,
  list,
} from '../../ec2/schema.js';
import { planLaunch, type LaunchRequest } from '../../launch/plan.js';
import { earlierReservation, storeLaunch } from '../../launch/store.js';
import { groupSet, instanceItem, loadReservation } from '../../resources/instances.js';
import { requestedTags } from '../../resources/tags.js';

const parameters = z.object({
  ImageId: text(64),
  MinCount: integer(1, 1000),
  MaxCount: integer(1, 1000),
  KernelId: optionalText(64),
  RamdiskId: optionalText(64),
  InstanceType: optionalText(64),
  KeyName: optionalText(255),
  UserData: optionalText(),
  SecurityGroup: texts(100),
  SecurityGroupId: texts(100),
  Placement: optionalStructure({ AvailabilityZone: optionalText(255) }),
  ClientToken: optionalText(64),
  TagSpecification: tagSpecifications,
  SubnetId: optionalText(64),
  NetworkInterface: list(z.unknown()),
  BlockDeviceMapping: structures({ DeviceName: optionalText(64) }),
});
type Parameters = z.output<typeof parameters>;

export const RunInstances = defineAction({
  name: 'RunInstances',
  authorization: 'user',
  metric: 'RunInstances',
  summary: 'Launch instances; answers as soon as they are recorded as pending.',
  parameters,
  async run(given, context) {
    refuseUnsupported(given);
    const { pool, caller, version } = context;
    const reservationId = await launch(launchRequest(given), given.ClientToken, context);
    const instances = await loadReservation(pool, reservationId);
    return {
      reservationId,
      ownerId: caller.accountId,
      groupSet: instances[0] === undefined ? [] : groupSet(instances[0], version.modern),
      instancesSet: instances.map((one) => instanceItem(one, version.modern)),
    };
  },
});

/** A repeated request is answered before it is checked: its image may be gone by now. */
async function launch(
  request: LaunchRequest,
  clientToken: string | undefined,
  context: ActionContext,
): Promise<string> {
  const { pool, caller, config, correlationId } = context;
  const earlier = await earlierReservation(pool, request, { caller, clientToken });
  if (earlier !== undefined) return earlier;
  const plan = await planLaunch(pool, caller, request);
  const { quotas, timings } = config;
  return storeLaunch(pool, plan, { caller, correlationId, clientToken, quotas, timings });
}

function launchRequest(given: Parameters): LaunchRequest {
  const zone = given.Placement?.AvailabilityZone;
  return {
    ImageId: given.ImageId,
    KernelId: given.KernelId,
    RamdiskId: given.RamdiskId,
    MinCount: given.MinCount,
    MaxCount: given.MaxCount,
    InstanceType: given.InstanceType ?? 'm1.small',
    KeyName: given.KeyName,
    UserData: given.UserData,
    groups: [
      ...given.SecurityGroup.map((name) => ({ GroupName: name })),
      ...given.SecurityGroupId.map((id) => ({ GroupId: id })),
    ],
    // `default` stands for any zone in clients of the original.
    zone: zone === 'default' ? undefined : zone,
    tags: requestedTags(given.TagSpecification, 'instance', ['volume']),
  };
}

function refuseUnsupported(given: Parameters): void {
  if (given.SubnetId !== undefined) {
    throw new MalleeError('InvalidSubnetID.NotFound', `The subnet ID '${given.SubnetId}' does not exist`);
  }
  if (given.NetworkInterface.length > 0) {
    throw new MalleeError('Unsupported', 'NetworkInterface is not supported: this cloud has no VPCs');
  }
  if (given.BlockDeviceMapping.length > 0) {
    throw new MalleeError('Unsupported', 'BlockDeviceMapping is not supported: images have one root disk');
  }
}
