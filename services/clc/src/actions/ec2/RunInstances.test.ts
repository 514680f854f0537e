import { RunInstancesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addImage, startTestClc, type TestClc, type TestUser } from '../../test-support/test-clc.js';

let clc: TestClc;
let ec2: EC2Client;
let user: TestUser;
const image = 'emi-0000000A';
const launch = { ImageId: image, MinCount: 1, MaxCount: 1 };

beforeAll(async () => {
  clc = await startTestClc();
  user = await clc.addUser('tenant');
  ec2 = clc.ec2(user);
  await clc.addZone('red', { free: 50, port: 8 });
  await addImage(clc, 'eki-0000000A');
  await addImage(clc, 'eri-0000000A');
  await addImage(clc, image, { kernelId: 'eki-0000000A', ramdiskId: 'eri-0000000A' });
}, 60_000);

afterAll(() => clc?.stop());

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
