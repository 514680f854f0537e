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

describe('RunInstances', () => {
  test('records pending instances, tags, events and one outbox row each in one transaction', async () => {
    const answer = await ec2.send(
      new RunInstancesCommand({
        ...launch,
        MaxCount: 2,
        UserData: Buffer.from('#!/bin/sh\n').toString('base64'),
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web <1> & "2"' }] }],
      }),
    );
    expect(answer.ReservationId).toMatch(/^r-[0-9A-F]{8}$/);
    expect(answer.OwnerId).toBe(user.accountId);
    expect(answer.Instances).toHaveLength(2);
    const [first, second] = answer.Instances!;
    expect(first).toMatchObject({
      ImageId: image,
      KernelId: 'eki-0000000A',
      RamdiskId: 'eri-0000000A',
      State: { Code: 0, Name: 'pending' },
      InstanceType: 'm1.small',
      AmiLaunchIndex: 0,
      Placement: { AvailabilityZone: 'red' },
      Monitoring: { State: 'disabled' },
      SecurityGroups: [{ GroupName: 'default', GroupId: expect.stringMatching(/^sg-/) }],
      Tags: [{ Key: 'Name', Value: 'web <1> & "2"' }],
    });
    expect(second!.AmiLaunchIndex).toBe(1);
    const id = first!.InstanceId!;
    expect(id).toMatch(/^i-[0-9A-F]{8}$/);
    const { rows } = await clc.pool.query(
      `select mac, user_data, correlation_id, deadline_at > now() as later from instance where instance_id = $1`,
      [id],
    );
    const mac = `d0:0d:${id.slice(2).toLowerCase().match(/../g)!.join(':')}`;
    expect(rows[0]).toMatchObject({ mac, user_data: 'IyEvYmluL3NoCg==', later: true });
    expect(answer.$metadata.requestId ?? rows[0].correlation_id).toBe(rows[0].correlation_id);
    const runs = await clc.pool.query('select workflow, data, correlation_id from workflow_run where job_id = $1', [
      `run-instance-${id}`,
    ]);
    expect(runs.rows).toEqual([
      { workflow: 'run-instance', data: { instanceId: id }, correlation_id: rows[0].correlation_id },
    ]);
    const events = await clc.pool.query('select to_state from instance_event where instance_id = $1', [id]);
    expect(events.rows).toEqual([{ to_state: 'pending' }]);
  });

  test('with one ClientToken answers with the same reservation, and refuses other parameters', async () => {
    const token = { ClientToken: 'token-1' };
    const first = await ec2.send(new RunInstancesCommand({ ...launch, ...token }));
    const second = await ec2.send(new RunInstancesCommand({ ...launch, ...token }));
    expect(second.ReservationId).toBe(first.ReservationId);
    expect(second.Instances!.map((one) => one.InstanceId)).toEqual(first.Instances!.map((one) => one.InstanceId));
    await expect(
      ec2.send(new RunInstancesCommand({ ...launch, ...token, InstanceType: 'c1.medium' })),
    ).rejects.toMatchObject({ name: 'IdempotentParameterMismatch', $metadata: { httpStatusCode: 400 } });
  });

  test('concurrent requests with one ClientToken make one reservation', async () => {
    const send = () => ec2.send(new RunInstancesCommand({ ...launch, ClientToken: 'token-2' }));
    const answers = await Promise.all([send(), send(), send(), send()]);
    expect(new Set(answers.map((one) => one.ReservationId)).size).toBe(1);
  });

  test('concurrent requests never get more places than there are, whatever their types', async () => {
    await clc.addZone('narrow', { free: 3, port: 13 });
    const send = (InstanceType: 'm1.small' | 'c1.medium') =>
      ec2.send(new RunInstancesCommand({ ...launch, InstanceType, Placement: { AvailabilityZone: 'narrow' } }));
    const types = ['m1.small', 'c1.medium', 'm1.small', 'm1.small', 'c1.medium', 'm1.small'] as const;
    const results = await Promise.allSettled(types.map(send));
    expect(results.filter((one) => one.status === 'fulfilled').length).toBeLessThanOrEqual(3);
    const { rows } = await clc.pool.query(`select count(*)::int as n from instance where zone = 'narrow'`);
    expect(rows[0].n).toBe(results.filter((one) => one.status === 'fulfilled').length);
    expect(rows[0].n).toBeGreaterThan(0);
  });

  test('a repeated request is answered although its image is gone meanwhile', async () => {
    await addImage(clc, 'emi-0000000E', { kernelId: 'eki-0000000A' });
    const request = { ...launch, ImageId: 'emi-0000000E', ClientToken: 'token-3' };
    const first = await ec2.send(new RunInstancesCommand(request));
    await clc.pool.query(`update image set state = 'deregistered' where image_id = 'emi-0000000E'`);
    expect((await ec2.send(new RunInstancesCommand(request))).ReservationId).toBe(first.ReservationId);
  });

  test('the default kernel and ramdisk are the first registered ones; a kernel alone means no ramdisk', async () => {
    await addImage(clc, 'emi-0000000F');
    const run = async (more: object) =>
      (await ec2.send(new RunInstancesCommand({ ...launch, ImageId: 'emi-0000000F', ...more }))).Instances![0]!;
    expect(await run({})).toMatchObject({ KernelId: 'eki-0000000A', RamdiskId: 'eri-0000000A' });
    expect((await run({ KernelId: 'eki-0000000A' })).RamdiskId).toBeUndefined();
  });

  test.each([
    ['unknown image', { ImageId: 'emi-FFFFFFFF' }, 'InvalidAMIID.NotFound'],
    ['malformed image', { ImageId: 'nonsense' }, 'InvalidAMIID.Malformed'],
    ['kernel as image', { ImageId: 'eki-0000000A' }, 'InvalidParameterValue'],
    ['unknown kernel', { KernelId: 'eki-FFFFFFFF' }, 'InvalidAMIID.NotFound'],
    ['unknown key', { KeyName: 'nobody' }, 'InvalidKeyPair.NotFound'],
    ['unknown group', { SecurityGroups: ['nogroup'] }, 'InvalidGroup.NotFound'],
    ['unknown group id', { SecurityGroupIds: ['sg-ffffffff'] }, 'InvalidGroup.NotFound'],
    ['unknown type', { InstanceType: 'm9.huge' as 'm1.small' }, 'InvalidParameterValue'],
    ['unknown zone', { Placement: { AvailabilityZone: 'mars' } }, 'InvalidZone.NotFound'],
    ['no instances', { MinCount: 0 }, 'InvalidParameterValue'],
    ['max below min', { MinCount: 3, MaxCount: 2 }, 'InvalidParameterCombination'],
    ['user data of 17 KiB', { UserData: Buffer.alloc(17 * 1024).toString('base64') }, 'InvalidParameterValue'],
    ['user data that is not base64', { UserData: '%%%' }, 'InvalidParameterValue'],
    ['a subnet', { SubnetId: 'subnet-1' }, 'InvalidSubnetID.NotFound'],
    ['no room for that many', { MinCount: 60, MaxCount: 60 }, 'InsufficientInstanceCapacity'],
  ])('refuses %s and leaves nothing behind', async (_what, wrong, code) => {
    const count = async () => (await clc.pool.query('select count(*)::int as n from reservation')).rows[0].n as number;
    const before = await count();
    await expect(ec2.send(new RunInstancesCommand({ ...launch, ...wrong }))).rejects.toMatchObject({ name: code });
    expect(await count()).toBe(before);
  });

  test('says what each zone has free when nothing fits', async () => {
    await clc.addZone('blue', { free: 0 });
    await clc.pool.query(`update component set last_error = 'refused', last_error_code = 'x' where name = 'blue'`);
    await expect(ec2.send(new RunInstancesCommand({ ...launch, MinCount: 90, MaxCount: 90 }))).rejects.toThrow(
      /blue is down, .*red \d+ free/,
    );
  });

  test('counts launches that the cluster has not reported yet', async () => {
    await clc.addZone('tiny', { free: 2, port: 11 });
    const tiny = { ...launch, Placement: { AvailabilityZone: 'tiny' } };
    const partly = await ec2.send(new RunInstancesCommand({ ...tiny, MaxCount: 5 }));
    expect(partly.Instances).toHaveLength(2);
    await expect(ec2.send(new RunInstancesCommand(tiny))).rejects.toMatchObject({
      name: 'InsufficientInstanceCapacity',
      $metadata: { httpStatusCode: 500 },
    });
  });

  test('an image larger than the disk of the type, a private or deregistered image, and the quota', async () => {
    await addImage(clc, 'emi-0000000B', { kernelId: 'eki-0000000A', size: 3 * 1024 ** 3 });
    await expect(ec2.send(new RunInstancesCommand({ ...launch, ImageId: 'emi-0000000B' }))).rejects.toThrow(
      'image too large [size=3072MB] for instance type m1.small [disk=2048MB]',
    );
    await addImage(clc, 'emi-0000000C', { kernelId: 'eki-0000000A', isPublic: false });
    await expect(ec2.send(new RunInstancesCommand({ ...launch, ImageId: 'emi-0000000C' }))).rejects.toMatchObject({
      name: 'InvalidAMIID.NotFound',
    });
    await addImage(clc, 'emi-0000000D', { kernelId: 'eki-0000000A' });
    await clc.pool.query(`update image set state = 'deregistered' where image_id = 'emi-0000000D'`);
    await expect(ec2.send(new RunInstancesCommand({ ...launch, ImageId: 'emi-0000000D' }))).rejects.toMatchObject({
      name: 'InvalidAMIID.Unavailable',
    });
    await expect(ec2.send(new RunInstancesCommand({ ...launch, MinCount: 101, MaxCount: 101 }))).rejects.toMatchObject({
      name: 'InstanceLimitExceeded',
    });
  });

  test('DryRun launches nothing', async () => {
    await expect(ec2.send(new RunInstancesCommand({ ...launch, DryRun: true }))).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    });
  });
});

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
