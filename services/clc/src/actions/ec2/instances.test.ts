import {
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  GetConsoleOutputCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EucalyptusCC_2_0, type EucalyptusCCOperations_2_0 } from '@mallee/wsdl-types';
import { startFakeComponent, type FakeComponent } from '../../test-support/fake-component.js';
import { addImage, startTestClc, type TestClc, type TestUser } from '../../test-support/test-clc.js';

let clc: TestClc;
let ec2: EC2Client;
let user: TestUser;
let cluster: FakeComponent<EucalyptusCCOperations_2_0>;
const image = 'emi-0000000A';
const launch = { ImageId: image, MinCount: 1, MaxCount: 1 };

beforeAll(async () => {
  clc = await startTestClc();
  user = await clc.addUser('tenant');
  ec2 = clc.ec2(user);
  cluster = await startFakeComponent<EucalyptusCCOperations_2_0>({
    service: EucalyptusCC_2_0,
    name: 'cc',
    cloudCertificate: clc.identity.certificatePem,
    logger: clc.logger,
  });
  await clc.addZone('red', { port: cluster.port, certificate: cluster.identity.certificatePem, free: 50 });
  await addImage(clc, 'eki-0000000A');
  await addImage(clc, 'eri-0000000A');
  await addImage(clc, image, { kernelId: 'eki-0000000A', ramdiskId: 'eri-0000000A' });
}, 60_000);

afterAll(async () => {
  await cluster?.stop();
  await clc?.stop();
});

async function setState(id: string, state: string): Promise<void> {
  await clc.pool.query(
    `update instance set state = $2, private_ip = '10.0.0.9', deadline_at = null,
       terminated_at = case when $2 = 'terminated' then now() end where instance_id = $1`,
    [id, state],
  );
}

describe('DescribeInstances', () => {
  test('filters with wildcards, pages through everything, and shows the typed reason', async () => {
    const made = await ec2.send(
      new RunInstancesCommand({
        ...launch,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'role', Value: 'database-1' }] }],
      }),
    );
    const id = made.Instances![0]!.InstanceId!;
    const found = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'tag:role', Values: ['data*-?'] },
          { Name: 'instance-state-name', Values: ['pending', 'running'] },
        ],
      }),
    );
    expect(found.Reservations!.flatMap((one) => one.Instances!).map((one) => one.InstanceId)).toEqual([id]);
    await clc.pool.query(
      `update instance set state = 'terminated', terminated_at = now(), reason_code = 'Node.DiskFailed',
         reason_message = 'no space' where instance_id = $1`,
      [id],
    );
    const ended = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id.toLowerCase()] }));
    expect(ended.Reservations![0]!.Instances![0]).toMatchObject({
      State: { Code: 48, Name: 'terminated' },
      StateReason: { Code: 'Node.DiskFailed', Message: 'Node.DiskFailed: no space' },
      StateTransitionReason: expect.stringMatching(/^no space \(\d{4}-\d\d-\d\d [\d:]{8} GMT\)$/),
    });
    const all = await ec2.send(new DescribeInstancesCommand({}));
    const total = all.Reservations!.flatMap((one) => one.Instances!).length;
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: token }));
      seen.push(...page.Reservations!.flatMap((one) => one.Instances!).map((one) => one.InstanceId!));
      token = page.NextToken;
    } while (token !== undefined);
    expect(seen).toHaveLength(total);
    expect(new Set(seen).size).toBe(total);
  });

  test('unknown and malformed ids, unknown filter, foreign token', async () => {
    const describe = (input: object) => ec2.send(new DescribeInstancesCommand(input));
    await expect(describe({ InstanceIds: ['i-FFFFFFFF'] })).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    });
    await expect(describe({ InstanceIds: ['vm-1'] })).rejects.toMatchObject({ name: 'InvalidInstanceID.Malformed' });
    await expect(describe({ Filters: [{ Name: 'colour', Values: ['x'] }] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(describe({ NextToken: 'abc' })).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });

  test('shows the account only its own; an administrator sees others by id or with verbose', async () => {
    const admin = clc.ec2();
    const own = await admin.send(new DescribeInstancesCommand({}));
    expect(own.Reservations).toEqual([]);
    const all = await admin.send(new DescribeInstancesCommand({ InstanceIds: ['verbose'] }));
    expect(all.Reservations!.length).toBeGreaterThan(0);
    const stranger = clc.ec2(await clc.addUser('stranger'));
    const id = all.Reservations![0]!.Instances![0]!.InstanceId!;
    await expect(stranger.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    });
    await expect(stranger.send(new TerminateInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    });
  });
});

describe('TerminateInstances', () => {
  test('ends pending and running instances, is idempotent, and touches none when one is unknown', async () => {
    const made = await ec2.send(new RunInstancesCommand({ ...launch, MinCount: 2, MaxCount: 2 }));
    const ids = made.Instances!.map((one) => one.InstanceId!);
    await setState(ids[1]!, 'running');
    await expect(
      ec2.send(new TerminateInstancesCommand({ InstanceIds: [ids[0]!, 'i-FFFFFFFF'] })),
    ).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
    const ended = await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    expect(ended.TerminatingInstances).toHaveLength(2);
    for (const one of ended.TerminatingInstances!)
      expect(one.CurrentState).toEqual({ Code: 32, Name: 'shutting-down' });
    const previous = ended.TerminatingInstances!.map((one) => one.PreviousState!.Name).sort();
    expect(previous).toEqual(['pending', 'running']);
    const again = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [ids[0]!] }));
    expect(again.TerminatingInstances![0]!.PreviousState).toEqual({ Code: 32, Name: 'shutting-down' });
    const { rows } = await clc.pool.query(
      `select workflow, cancel_requested from workflow_run where data->>'instanceId' = $1 order by run_id`,
      [ids[0]],
    );
    expect(rows).toEqual([
      { workflow: 'run-instance', cancel_requested: true },
      { workflow: 'terminate-instance', cancel_requested: false },
    ]);
    const shown = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [ids[0]!] }));
    expect(shown.Reservations![0]!.Instances![0]!.StateReason!.Code).toBe('Client.UserInitiatedShutdown');
    await expect(ec2.send(new TerminateInstancesCommand({ InstanceIds: [] }))).rejects.toMatchObject({
      name: 'MissingParameter',
    });
  });
});

describe('GetConsoleOutput and RebootInstances', () => {
  test('ask the cluster by signed SOAP', async () => {
    const made = await ec2.send(new RunInstancesCommand({ ...launch, Placement: { AvailabilityZone: 'red' } }));
    const id = made.Instances![0]!.InstanceId!;
    const asked: (string | undefined)[] = [];
    cluster.handlers = {
      GetConsoleOutput: async (request) => {
        asked.push(request.instanceId);
        return { return: true, consoleOutput: Buffer.from('login: \u00e9').toString('base64') };
      },
      RebootInstances: async (request) => {
        asked.push(...request.instanceIds);
        return { return: true };
      },
    };
    await setState(id, 'running');
    const answer = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
    expect(Buffer.from(answer.Output!, 'base64').toString()).toBe('login: \u00e9');
    expect(answer.Timestamp).toBeInstanceOf(Date);
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
    expect(asked).toEqual([id, id]);
    const status = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }));
    expect(status.InstanceStatuses![0]).toMatchObject({
      InstanceState: { Code: 16, Name: 'running' },
      InstanceStatus: { Status: 'ok' },
      SystemStatus: { Status: 'ok' },
    });
    await setState(id, 'terminated');
    await expect(ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))).rejects.toMatchObject({
      name: 'IncorrectInstanceState',
    });
    await expect(ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
      name: 'IncorrectInstanceState',
    });
  });

  test('a cluster that does not answer is Unavailable with the reason; a pending guest has no output yet', async () => {
    await clc.addZone('gone', { port: 10 });
    const made = await ec2.send(new RunInstancesCommand({ ...launch, Placement: { AvailabilityZone: 'gone' } }));
    const id = made.Instances![0]!.InstanceId!;
    const pending = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
    expect(pending.Output ?? '').toBe('');
    await setState(id, 'running');
    await expect(ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))).rejects.toMatchObject({
      name: 'Unavailable',
      message: expect.stringContaining('Wire.PeerUnreachable'),
      $metadata: { httpStatusCode: 503 },
    });
  });
});
