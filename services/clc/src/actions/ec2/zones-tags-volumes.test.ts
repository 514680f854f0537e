import * as sdk from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registerComponent } from '../../components/registration.js';
import { startTestClc, type TestClc, type TestUser } from '../../test-support/test-clc.js';

let clc: TestClc;
let user: TestUser;
let ec2: sdk.EC2Client;

beforeAll(async () => {
  clc = await startTestClc();
  user = await clc.addUser('tenant');
  ec2 = clc.ec2(user);
  await clc.addZone('red');
}, 60_000);

afterAll(() => clc?.stop());

describe('zones, regions, types, account attributes, empty VPC sets', () => {
  test('zones with the reason of one that is away; verbose for administrators', async () => {
    await clc.addZone('blue', { port: 10 });
    await clc.pool.query(
      `update component set last_error = 'connection refused', last_error_code = 'Wire.PeerUnreachable' where name = 'blue'`,
    );
    const { AvailabilityZones } = await ec2.send(new sdk.DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones).toEqual([
      expect.objectContaining({
        ZoneName: 'blue',
        State: 'unavailable',
        RegionName: 'mallee',
        Messages: [{ Message: 'Wire.PeerUnreachable: connection refused' }],
      }),
      expect.objectContaining({ ZoneName: 'red', State: 'available', Messages: [] }),
    ]);
    const verbose = await clc.ec2().send(new sdk.DescribeAvailabilityZonesCommand({ ZoneNames: ['verbose'] }));
    const rows = verbose.AvailabilityZones!.map((one) => [one.ZoneName, one.State]);
    expect(rows).toHaveLength(14);
    expect(rows[7]).toEqual(['red', '127.0.0.1']);
    expect(rows[8]).toEqual(['|- vm types', 'free / max   cpu   ram  disk']);
    expect(rows[9]).toEqual(['|- m1.small', '0008 / 0008   1    128     2']);
    expect(rows[2]).toEqual(['|- m1.small', '0000 / 0000   1    128     2']);
    const plain = await ec2.send(new sdk.DescribeAvailabilityZonesCommand({ ZoneNames: ['verbose'] }));
    expect(plain.AvailabilityZones).toHaveLength(2);
    await expect(ec2.send(new sdk.DescribeAvailabilityZonesCommand({ ZoneNames: ['x'] }))).rejects.toMatchObject({
      name: 'InvalidZone.NotFound',
    });
  });

  test('the rest', async () => {
    const regions = await ec2.send(new sdk.DescribeRegionsCommand({}));
    expect(regions.Regions).toEqual([
      expect.objectContaining({ RegionName: 'mallee', Endpoint: `${clc.url}/services/Eucalyptus` }),
    ]);
    const types = await ec2.send(new sdk.DescribeInstanceTypesCommand({}));
    expect(
      types.InstanceTypes!.map((one) => [one.InstanceType, one.VCpuInfo!.DefaultVCpus, one.MemoryInfo!.SizeInMiB]),
    ).toEqual([
      ['m1.small', 1, 128],
      ['c1.medium', 1, 256],
      ['m1.large', 2, 512],
      ['m1.xlarge', 2, 1024],
      ['c1.xlarge', 4, 2048],
    ]);
    const page = await ec2.send(new sdk.DescribeInstanceTypesCommand({ MaxResults: 5 }));
    expect(page.NextToken).toBeUndefined();
    const attributes = await ec2.send(
      new sdk.DescribeAccountAttributesCommand({ AttributeNames: ['supported-platforms'] }),
    );
    expect(attributes.AccountAttributes).toEqual([
      { AttributeName: 'supported-platforms', AttributeValues: [{ AttributeValue: 'EC2' }] },
    ]);
    expect((await ec2.send(new sdk.DescribeVpcsCommand({}))).Vpcs).toEqual([]);
    expect((await ec2.send(new sdk.DescribeSubnetsCommand({}))).Subnets).toEqual([]);
    await expect(ec2.send(new sdk.DescribeVpcsCommand({ VpcIds: ['vpc-1'] }))).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
    });
  });
});

describe('tags', () => {
  test('create, replace, describe, delete by value', async () => {
    await ec2.send(new sdk.CreateKeyPairCommand({ KeyName: 'tagged' }));
    const [key] = (await ec2.send(new sdk.DescribeKeyPairsCommand({ KeyNames: ['tagged'] }))).KeyPairs!;
    const id = key!.KeyPairId!;
    const set = (Tags: sdk.Tag[]) => ec2.send(new sdk.CreateTagsCommand({ Resources: [id], Tags }));
    const tags = async () =>
      (await ec2.send(new sdk.DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] }))).Tags;
    await set([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ]);
    await set([{ Key: 'a', Value: '2' }]);
    expect(await tags()).toEqual([
      { ResourceId: id, ResourceType: 'key-pair', Key: 'a', Value: '2' },
      { ResourceId: id, ResourceType: 'key-pair', Key: 'b', Value: '' },
    ]);
    const remove = (Tags?: sdk.Tag[]) => ec2.send(new sdk.DeleteTagsCommand({ Resources: [id], Tags }));
    await remove([
      { Key: 'a', Value: 'other' },
      { Key: 'b', Value: '' },
    ]);
    expect((await tags())!.map((one) => one.Key)).toEqual(['a']);
    await remove([{ Key: 'a' }]);
    expect(await tags()).toEqual([]);
    await expect(set([{ Key: 'aws:x', Value: '' }])).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const many = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    await expect(set(many)).rejects.toMatchObject({ name: 'TagLimitExceeded' });
    await set(many.slice(0, 50));
    await expect(set(many.slice(50))).rejects.toMatchObject({ name: 'TagLimitExceeded' });
    await remove();
    expect(await tags()).toEqual([]);
    await expect(
      ec2.send(new sdk.CreateTagsCommand({ Resources: ['xyz-1'], Tags: [{ Key: 'a', Value: '' }] })),
    ).rejects.toMatchObject({ name: 'InvalidID' });
    await expect(
      clc.ec2(await clc.addUser('other')).send(new sdk.CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a' }] })),
    ).rejects.toMatchObject({ name: 'InvalidKeyPair.NotFound' });
  });
});

describe('volumes', () => {
  test('create, describe, delete with one outbox row each', async () => {
    const create = (input: Partial<sdk.CreateVolumeCommandInput>) =>
      ec2.send(new sdk.CreateVolumeCommand({ AvailabilityZone: 'red', Size: 1, ...input }));
    await expect(create({})).rejects.toMatchObject({ name: 'Unavailable' });
    const where = { host: '127.0.0.1', port: 12, certificate: clc.identity.certificatePem };
    await registerComponent(clc.pool, { type: 'storage', name: 'sc', partition: 'red', ...where });
    await expect(create({ AvailabilityZone: 'mars' })).rejects.toMatchObject({ name: 'InvalidZone.NotFound' });
    await expect(create({ SnapshotId: 'snap-1' })).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' });
    await expect(create({ Size: undefined })).rejects.toMatchObject({ name: 'MissingParameter' });
    await expect(create({ Size: 3000 })).rejects.toMatchObject({ name: 'VolumeLimitExceeded' });
    const made = await create({
      TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'Name', Value: 'data' }] }],
    });
    const id = made.VolumeId!;
    expect(made).toMatchObject({
      Size: 1,
      State: 'creating',
      AvailabilityZone: 'red',
      Tags: [{ Key: 'Name', Value: 'data' }],
    });
    expect(id).toMatch(/^vol-[0-9A-F]{8}$/);
    await expect(ec2.send(new sdk.DeleteVolumeCommand({ VolumeId: id }))).rejects.toMatchObject({
      name: 'IncorrectState',
    });
    await clc.pool.query(`update volume set state = 'available' where volume_id = $1`, [id]);
    const found = await ec2.send(
      new sdk.DescribeVolumesCommand({ Filters: [{ Name: 'status', Values: ['available'] }] }),
    );
    expect(found.Volumes!.map((one) => one.VolumeId)).toEqual([id]);
    await expect(clc.ec2().send(new sdk.DeleteVolumeCommand({ VolumeId: 'verbose' }))).rejects.toMatchObject({
      name: 'InvalidVolume.NotFound',
    });
    await ec2.send(new sdk.DeleteVolumeCommand({ VolumeId: id.toLowerCase() }));
    await ec2.send(new sdk.DeleteVolumeCommand({ VolumeId: id }));
    const { rows } = await clc.pool.query(
      `select workflow from workflow_run where data->>'volumeId' = $1 order by run_id`,
      [id],
    );
    expect(rows.map((row) => row.workflow)).toEqual(['create-volume', 'delete-volume']);
    await clc.pool.query(`update volume set state = 'deleted' where volume_id = $1`, [id]);
    await expect(ec2.send(new sdk.DescribeVolumesCommand({ VolumeIds: [id] }))).rejects.toMatchObject({
      name: 'InvalidVolume.NotFound',
    });
  });
});
