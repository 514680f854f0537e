import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import * as sdk from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queryV2 } from '../../test-support/signed-query.js';
import { addImage, startTestClc, type TestClc, type TestUser } from '../../test-support/test-clc.js';

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

describe('key pairs', () => {
  test('create, describe, duplicate, delete', async () => {
    const made = await ec2.send(new sdk.CreateKeyPairCommand({ KeyName: 'my key' }));
    expect(made.KeyFingerprint).toMatch(/^([0-9a-f]{2}:){19}[0-9a-f]{2}$/);
    expect(made.KeyMaterial).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    const { rows } = await clc.pool.query('select public_key from key_pair where name = $1', ['my key']);
    const jwk = createPublicKey(createPrivateKey(made.KeyMaterial!)).export({ format: 'jwk' });
    const blob = Buffer.from((rows[0].public_key as string).split(' ')[1]!, 'base64');
    expect(blob.subarray(-256).toString('base64url')).toBe(jwk.n);
    expect(rows[0].public_key).toMatch(/ admin@eucalyptus$/);
    await expect(ec2.send(new sdk.CreateKeyPairCommand({ KeyName: 'my key' }))).rejects.toMatchObject({
      name: 'InvalidKeyPair.Duplicate',
    });
    const found = await ec2.send(new sdk.DescribeKeyPairsCommand({ KeyNames: ['my key'], IncludePublicKey: true }));
    expect(found.KeyPairs).toEqual([
      expect.objectContaining({
        KeyName: 'my key',
        KeyPairId: made.KeyPairId,
        KeyFingerprint: made.KeyFingerprint,
        PublicKey: rows[0].public_key,
      }),
    ]);
    await expect(ec2.send(new sdk.DescribeKeyPairsCommand({ KeyNames: ['no'] }))).rejects.toMatchObject({
      name: 'InvalidKeyPair.NotFound',
    });
    const gone = await ec2.send(new sdk.DeleteKeyPairCommand({ KeyName: 'my key' }));
    expect(gone).toMatchObject({ Return: true, KeyPairId: made.KeyPairId });
    expect((await ec2.send(new sdk.DeleteKeyPairCommand({ KeyName: 'my key' }))).Return).toBe(true);
  });

  test('import of OpenSSH and DER keys; refusal of anything else', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const der = publicKey.export({ type: 'spki', format: 'der' });
    const imported = await ec2.send(
      new sdk.ImportKeyPairCommand({ KeyName: 'der', PublicKeyMaterial: Buffer.from(der) }),
    );
    expect(imported.KeyFingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    const { rows } = await clc.pool.query(`select public_key from key_pair where name = 'der'`);
    const line = rows[0].public_key as string;
    const again = await ec2.send(
      new sdk.ImportKeyPairCommand({ KeyName: 'line', PublicKeyMaterial: Buffer.from(`${line}\n`) }),
    );
    expect(again.KeyFingerprint).toBe(imported.KeyFingerprint);
    const raw = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x!;
    const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)]);
    const blob = Buffer.concat([text('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.from(raw, 'base64url')]);
    const ed = `ssh-ed25519 ${blob.toString('base64')} me@host`;
    await ec2.send(new sdk.ImportKeyPairCommand({ KeyName: 'ed', PublicKeyMaterial: Buffer.from(ed) }));
    const bad = ['ssh-rsa AAAA', 'ssh-dss AAAA me', `${line}\nssh-rsa AAAA evil`, 'command="x" ssh-rsa AAAA', '\u0000'];
    for (const material of bad) {
      const command = new sdk.ImportKeyPairCommand({ KeyName: 'bad', PublicKeyMaterial: Buffer.from(material) });
      await expect(ec2.send(command)).rejects.toMatchObject({ name: 'InvalidKey.Format' });
    }
  });
});

describe('security groups', () => {
  const open22 = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.1.2.3/8' }] };

  test('default group on demand; create, authorize, describe, revoke, delete', async () => {
    const all = await ec2.send(new sdk.DescribeSecurityGroupsCommand({}));
    expect(all.SecurityGroups!.map((one) => one.GroupName)).toEqual(['default']);
    const made = await ec2.send(new sdk.CreateSecurityGroupCommand({ GroupName: 'web', Description: 'd' }));
    expect(made.GroupId).toMatch(/^sg-[0-9a-f]{8}$/);
    const rule = await ec2.send(
      new sdk.AuthorizeSecurityGroupIngressCommand({
        GroupId: made.GroupId,
        IpPermissions: [open22, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: made.GroupId }] }],
      }),
    );
    expect(rule.SecurityGroupRules).toHaveLength(2);
    const shown = await ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupNames: ['web'] }));
    expect(shown.SecurityGroups![0]!.IpPermissions).toEqual([
      expect.objectContaining({
        IpProtocol: '-1',
        UserIdGroupPairs: [{ UserId: user.accountId, GroupId: made.GroupId, GroupName: 'web' }],
      }),
      expect.objectContaining({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }),
    ]);
    await expect(
      ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupName: 'web', IpPermissions: [open22] })),
    ).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
    await ec2.send(new sdk.RevokeSecurityGroupIngressCommand({ GroupName: 'web', IpPermissions: [open22] }));
    await expect(
      ec2.send(new sdk.RevokeSecurityGroupIngressCommand({ GroupName: 'web', IpPermissions: [open22] })),
    ).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
    await ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupName: 'web' }));
    await expect(ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupName: 'web' }))).rejects.toMatchObject({
      name: 'InvalidGroup.NotFound',
    });
  });

  test('the flat form of 2009: a peer group without protocol means tcp, udp and icmp', async () => {
    await ec2.send(new sdk.CreateSecurityGroupCommand({ GroupName: 'flat', Description: 'd' }));
    const peer = { GroupName: 'flat', SourceSecurityGroupName: 'default', SourceSecurityGroupOwnerId: 'tenant' };
    expect((await queryV2(clc.url, user, 'AuthorizeSecurityGroupIngress', peer)).status).toBe(200);
    const cidr = { GroupName: 'flat', IpProtocol: 'icmp', FromPort: '-1', ToPort: '-1', CidrIp: '0.0.0.0/0' };
    expect((await queryV2(clc.url, user, 'AuthorizeSecurityGroupIngress', cidr)).status).toBe(200);
    const { SecurityGroups } = await ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupNames: ['flat'] }));
    expect(SecurityGroups![0]!.IpPermissions!.map((one) => [one.IpProtocol, one.FromPort, one.ToPort])).toEqual([
      ['icmp', -1, -1],
      ['tcp', 0, 65535],
      ['udp', 0, 65535],
    ]);
    await expect(ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupName: 'default' }))).rejects.toMatchObject({
      name: 'CannotDelete',
    });
  });

  test('refuses wrong rules without storing any', async () => {
    await ec2.send(new sdk.CreateSecurityGroupCommand({ GroupName: 'strict', Description: 'd' }));
    const add = (...IpPermissions: sdk.IpPermission[]) =>
      ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand({ GroupName: 'strict', IpPermissions }));
    await expect(add(open22, { ...open22, ToPort: 1 })).rejects.toMatchObject({ name: 'InvalidPermission.Malformed' });
    await expect(add({ ...open22, IpProtocol: 'gre' })).rejects.toMatchObject({ name: 'InvalidPermission.Malformed' });
    await expect(add({ ...open22, IpRanges: [{ CidrIp: '10.0.0.300/8' }] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(add({ ...open22, IpRanges: [] })).rejects.toMatchObject({ name: 'MissingParameter' });
    await expect(add(open22, { ...open22 })).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
    const { SecurityGroups } = await ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupNames: ['strict'] }));
    expect(SecurityGroups![0]!.IpPermissions).toEqual([]);
    await expect(
      ec2.send(new sdk.CreateSecurityGroupCommand({ GroupName: 'strict', Description: 'd' })),
    ).rejects.toMatchObject({
      name: 'InvalidGroup.Duplicate',
    });
    await expect(
      ec2.send(new sdk.CreateSecurityGroupCommand({ GroupName: 'default', Description: 'd' })),
    ).rejects.toMatchObject({
      name: 'InvalidGroup.Reserved',
    });
  });

  test('a group with instances is in use', async () => {
    await addImage(clc, 'eki-0000000A');
    await addImage(clc, 'emi-0000000A');
    await ec2.send(new sdk.CreateSecurityGroupCommand({ GroupName: 'busy', Description: 'd' }));
    await ec2.send(
      new sdk.RunInstancesCommand({ ImageId: 'emi-0000000A', MinCount: 1, MaxCount: 1, SecurityGroups: ['busy'] }),
    );
    await expect(ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupName: 'busy' }))).rejects.toMatchObject({
      name: 'InvalidGroup.InUse',
    });
  });
});
