import {
  AuthorizeSecurityGroupIngressCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  type Instance,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { MalleeError } from '@mallee/errors';
import { demoStep, type DemoRun } from './demo-run.js';
import type { RegisteredImages } from './images.js';
import { waitFor } from './wait.js';

const COUNT = 2;
/** Two guests under plain emulation on two busy cores. */
const BOOT_MS = 240_000;
const READY = /MALLEE-GUEST ready[^\r\n]*/;

export interface LaunchedGuests {
  readonly instances: Instance[];
  readonly privateKey: string;
  readonly keyName: string;
  readonly groupId: string;
}

export async function launchGuests(run: DemoRun, images: RegisteredImages): Promise<LaunchedGuests> {
  const keyName = `demo-${run.id}`;
  const key = await demoStep(run, 'key pair', `ec2 create-key-pair --key-name ${keyName}`, () =>
    run.ec2.send(new CreateKeyPairCommand({ KeyName: keyName })),
  );
  const group = await demoStep(
    run,
    'security group',
    `ec2 create-security-group --group-name ${keyName} --description demo`,
    () => run.ec2.send(new CreateSecurityGroupCommand({ GroupName: keyName, Description: 'demo' })),
  );
  const groupId = group.GroupId!;
  const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await demoStep(
    run,
    'ssh allowed',
    `ec2 authorize-security-group-ingress --group-id ${groupId} --protocol tcp --port 22 --cidr 0.0.0.0/0`,
    () => run.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [rule] })),
  );
  const command = `ec2 run-instances --image-id ${images.machine} --count ${COUNT} --instance-type m1.small --key-name ${keyName} --security-group-ids ${groupId}`;
  const reservation = await demoStep(run, `RunInstances answered for ${COUNT} instances`, command, () =>
    run.ec2.send(
      new RunInstancesCommand({
        ImageId: images.machine,
        MinCount: COUNT,
        MaxCount: COUNT,
        InstanceType: 'm1.small',
        KeyName: keyName,
        SecurityGroupIds: [groupId],
        UserData: Buffer.from(`hello from demo ${run.id}`).toString('base64'),
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: `demo-${run.id}` }] }],
      }),
    ),
  );
  const ids = reservation.Instances!.map((instance) => instance.InstanceId!);
  const instances = await demoStep(
    run,
    'instances running',
    `ec2 wait instance-running --instance-ids ${ids.join(' ')}`,
    (update) => waitForState(run, ids, 'running', BOOT_MS, update),
  );
  return { instances, privateKey: key.KeyMaterial!, keyName, groupId };
}

/** The console text of the first guest once its userland says that it is ready. */
export async function showConsole(run: DemoRun, instance: Instance): Promise<string> {
  const id = instance.InstanceId!;
  return demoStep(run, `guest ${id} reached its userland`, `ec2 get-console-output --instance-id ${id}`, (update) =>
    waitFor(`the ready line on the console of ${id}`, BOOT_MS, async () => {
      const { Output } = await run.ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
      const text = Buffer.from(Output ?? '', 'base64').toString();
      update(`${text.length} bytes of console`);
      return READY.test(text) ? text : undefined;
    }),
  );
}

export async function terminateGuests(run: DemoRun, guests: LaunchedGuests): Promise<void> {
  const ids = guests.instances.map((instance) => instance.InstanceId!);
  await demoStep(
    run,
    'instances terminated',
    `ec2 terminate-instances --instance-ids ${ids.join(' ')}`,
    async (update) => {
      await run.ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
      await waitForState(run, ids, 'terminated', 120_000, update);
    },
  );
  await run.ec2.send(new DeleteKeyPairCommand({ KeyName: guests.keyName }));
  await run.ec2.send(new DeleteSecurityGroupCommand({ GroupId: guests.groupId }));
}

async function waitForState(
  run: DemoRun,
  ids: string[],
  wanted: 'running' | 'terminated',
  timeoutMs: number,
  update: (detail: string) => void,
): Promise<Instance[]> {
  return waitFor(`state ${wanted} of ${ids.join(', ')}`, timeoutMs, async () => {
    const { Reservations } = await run.ec2.send(new DescribeInstancesCommand({ InstanceIds: ids }));
    const instances = (Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []);
    update(instances.map((instance) => `${instance.InstanceId} ${instance.State?.Name}`).join(', '));
    for (const instance of instances) {
      if (wanted === 'running' && instance.State?.Name === 'terminated') {
        const { Code, Message } = instance.StateReason ?? {};
        throw new MalleeError('Server.InternalError', `${instance.InstanceId} ended: ${Code}: ${Message}`);
      }
    }
    return instances.length === ids.length && instances.every(({ State }) => State?.Name === wanted)
      ? instances
      : undefined;
  });
}
