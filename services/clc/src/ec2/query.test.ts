import { request as httpRequest } from 'node:http';
import { DescribeKeyPairsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseXml } from '@mallee/xml';
import { queryV2 } from '../test-support/signed-query.js';
import { addImage, startTestClc, type TestClc, type TestUser } from '../test-support/test-clc.js';

let clc: TestClc;
let user: TestUser;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

beforeAll(async () => {
  clc = await startTestClc();
  user = await clc.addUser('tenant');
  await clc.addZone('red');
  await addImage(clc, 'eki-0000000A');
  await addImage(clc, 'emi-0000000A');
}, 60_000);

afterAll(() => clc?.stop());

interface ErrorFields {
  code: string;
  message: string;
  requestId: string;
}

function ec2Error(text: string): ErrorFields {
  const root = parseXml(text);
  expect(root.local).toBe('Response');
  const error = root.children[0]!.children[0]!;
  expect(error.children.map((child) => child.local)).toEqual(['Code', 'Message']);
  expect(root.children[1]!.local).toBe('RequestID');
  return {
    code: error.children[0]!.text,
    message: error.children[1]!.text,
    requestId: root.children[1]!.text,
  };
}

describe('Signature V2 requests as boto and euca2ools make them', () => {
  test.each([
    ['/services/Eucalyptus/', 'GET', '2009-11-30', 'http://ec2.amazonaws.com/doc/2009-11-30/'],
    ['/services/Eucalyptus', 'POST', '2014-10-01', 'http://ec2.amazonaws.com/doc/2014-10-01/'],
    ['/services/compute', 'GET', '2016-11-15', 'http://ec2.amazonaws.com/doc/2016-11-15/'],
    ['/services/compute/', 'POST', '2031-01-01', 'http://ec2.amazonaws.com/doc/2031-01-01/'],
    ['/', 'GET', '2012-12-01', 'http://ec2.amazonaws.com/doc/2012-12-01/'],
    ['/services/Eucalyptus', 'GET', '3.3.0', 'http://msgs.eucalyptus.com/3.3.0'],
    ['/services/Eucalyptus', 'GET', 'eucalyptus', 'http://msgs.eucalyptus.com'],
  ] as const)('%s by %s, version %s, is answered in %s', async (path, method, version, namespace) => {
    const answer = await queryV2(clc.url, user, 'DescribeAvailabilityZones', {}, { path, method, version });
    expect(answer.status).toBe(200);
    const root = parseXml(answer.text);
    expect([root.local, root.namespace]).toEqual(['DescribeAvailabilityZonesResponse', namespace]);
    expect(root.children[0]!.local).toBe('requestId');
    expect(root.children[0]!.text).toMatch(uuid);
    expect(answer.headers.get('x-mallee-correlation-id')).toBe(root.children[0]!.text);
    expect(answer.headers.get('content-type')).toBe('text/xml;charset=UTF-8');
  });

  test('an additional Authorization header of boto 1.9 does no harm', async () => {
    const headers = { authorization: 'AWS key:signature' };
    expect((await queryV2(clc.url, user, 'DescribeRegions', {}, { headers })).status).toBe(200);
  });

  test('a 2009 answer has only the elements of 2009', async () => {
    await queryV2(clc.url, user, 'CreateKeyPair', { KeyName: 'old' });
    const parameters = { ImageId: 'emi-0000000A', MinCount: '1', MaxCount: '1', KeyName: 'old' };
    const answer = await queryV2(clc.url, user, 'RunInstances', parameters);
    expect(answer.status).toBe(200);
    const root = parseXml(answer.text);
    const names = (path: string): string[] => {
      let at = root;
      for (const step of path.split('/').filter(Boolean)) at = at.children.find((child) => child.local === step)!;
      return at.children.map((child) => child.local);
    };
    expect(names('')).toEqual(['requestId', 'reservationId', 'ownerId', 'groupSet', 'instancesSet']);
    expect(names('groupSet/item')).toEqual(['groupId']);
    expect(names('instancesSet/item')).toEqual([
      'instanceId',
      'imageId',
      'instanceState',
      'privateDnsName',
      'dnsName',
      'reason',
      'keyName',
      'amiLaunchIndex',
      'productCodes',
      'instanceType',
      'launchTime',
      'placement',
      'kernelId',
      'monitoring',
    ]);
    const keys = parseXml((await queryV2(clc.url, user, 'DescribeKeyPairs', { 'KeyName.1': 'unknown' })).text);
    expect(keys.children.find((child) => child.local === 'keySet')!.children).toEqual([]);
  });

  test('bare list names, empty optional and unknown parameters are accepted', async () => {
    const parameters = {
      InstanceId: '',
      MaxResults: '',
      Colour: 'blue',
      'Filter.1.Name': 'image-id',
      'Filter.1.Value': 'emi-*',
    };
    const answer = await queryV2(clc.url, user, 'DescribeInstances', parameters);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('<instancesSet><item>')]);
  });
});

describe('refusals', () => {
  test('wrong signature, unknown key, expired, disabled', async () => {
    const wrong = await queryV2(clc.url, { ...user, secretAccessKey: 'x' }, 'DescribeRegions');
    expect([wrong.status, ec2Error(wrong.text).code]).toEqual([403, 'SignatureDoesNotMatch']);
    const changed = await queryV2(
      clc.url,
      user,
      'DescribeRegions',
      {},
      {
        tamper: (signed) => signed.set('Action', 'DescribeImages'),
      },
    );
    expect(ec2Error(changed.text).code).toBe('SignatureDoesNotMatch');
    const unknown = await queryV2(clc.url, { ...user, accessKeyId: 'AKIANOBODY' }, 'DescribeRegions');
    expect([unknown.status, ec2Error(unknown.text).code]).toEqual([403, 'InvalidClientTokenId']);
    const old = await queryV2(clc.url, user, 'DescribeRegions', {}, { timestamp: new Date(Date.now() - 3_600_000) });
    expect([old.status, ec2Error(old.text).code]).toEqual([400, 'RequestExpired']);
    const gone = await clc.addUser('gone');
    await clc.pool.query('update principal set enabled = false where user_id = $1', [gone.userId]);
    expect(ec2Error((await queryV2(clc.url, gone, 'DescribeRegions')).text).code).toBe('InvalidClientTokenId');
  });

  test('an unsigned request gets MissingAuthenticationToken with the request id', async () => {
    const answer = await fetch(clc.url);
    expect(answer.status).toBe(403);
    const error = ec2Error(await answer.text());
    expect(error.code).toBe('MissingAuthenticationToken');
    expect(error.requestId).toBe(answer.headers.get('x-mallee-correlation-id'));
  });

  test('unknown action, missing parameter, wrong version and values', async () => {
    const check = async (action: string, parameters: Record<string, string>, version = '2016-11-15') => {
      const answer = await queryV2(clc.url, user, action, parameters, { version });
      return [answer.status, ec2Error(answer.text).code];
    };
    expect(await check('MakeCoffee', {})).toEqual([400, 'InvalidAction']);
    expect(await check('toString', {})).toEqual([400, 'InvalidAction']);
    expect(await check('RunInstances', { MinCount: '1', MaxCount: '1' })).toEqual([400, 'MissingParameter']);
    expect(await check('RunInstances', { ImageId: 'emi-1', MinCount: 'x', MaxCount: '1' })).toEqual([
      400,
      'InvalidParameterValue',
    ]);
    expect(await check('DescribeRegions', {}, '<x>')).toEqual([400, 'InvalidParameterValue']);
    expect(await check('DescribeInstances', { 'Filter.1.Value.1': 'x' })).toEqual([400, 'MissingParameter']);
    expect(await check('RegisterCluster', {})).toEqual([400, 'InvalidAction']);
  });

  test('a message names list positions as the client wrote them, and hostile names stay text', async () => {
    const answer = await queryV2(clc.url, user, 'CreateTags', {
      'ResourceId.1': 'i-00000000',
      'Tag.1.Key': 'a',
      'Tag.2.Value': 'b',
      '__proto__.x': '1',
      'constructor.prototype.y': '2',
    });
    expect(ec2Error(answer.text)).toMatchObject({
      code: 'MissingParameter',
      message: 'The request must contain the parameter Tag.2.Key',
    });
    const evil = await queryV2(clc.url, user, '<&]]>\u0001', {});
    expect(ec2Error(evil.text).code).toBe('InvalidAction');
    const nul = await queryV2(clc.url, user, 'DescribeTags\u0000', {});
    expect(ec2Error(nul.text).code).toBe('InvalidParameterValue');
  });

  test('a body over 1 MiB, too many parameters, a broken encoding, another method', async () => {
    const big = await fetch(clc.url, { method: 'POST', body: 'a'.repeat(1024 * 1024 + 1) });
    expect([big.status, ec2Error(await big.text()).code]).toEqual([413, 'RequestEntityTooLarge']);
    const body = new URLSearchParams(Array.from({ length: 10_001 }, (_, i): [string, string] => [`a.${i}`, '1']));
    const many = await fetch(clc.url, { method: 'POST', body });
    expect(ec2Error(await many.text())).toMatchObject({ code: 'InvalidParameterValue' });
    expect(ec2Error(await (await fetch(`${clc.url}/?a=%zz`)).text()).code).toBe('InvalidParameterValue');
    expect((await fetch(clc.url, { method: 'PUT', body: 'x' })).status).toBe(400);
  });

  test('a chunked body without a declared length is bounded too', async () => {
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(clc.url, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      for (let i = 0; i < 20; i++) request.write('b'.repeat(64 * 1024));
    });
    expect(answer).toBe(413);
  });
});

describe('STS', () => {
  test('GetCallerIdentity of the SDK at the root', async () => {
    const sts = new STSClient({ endpoint: clc.url, region: 'mallee', credentials: user });
    const who = await sts.send(new GetCallerIdentityCommand({}));
    sts.destroy();
    expect(who).toMatchObject({
      Account: user.accountId,
      UserId: user.userId,
      Arn: `arn:aws:iam::${user.accountId}:user/admin`,
    });
    expect(who.$metadata.requestId).toMatch(uuid);
  });

  test('at /services/Tokens, with its own error document', async () => {
    const sts = new STSClient({
      endpoint: `${clc.url}/services/Tokens`,
      region: 'mallee',
      credentials: { ...user, secretAccessKey: 'wrong' },
      maxAttempts: 1,
    });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    sts.destroy();
    const text = await (await fetch(`${clc.url}/services/Tokens?Version=2011-06-15&Action=GetCallerIdentity`)).text();
    const root = parseXml(text);
    expect([root.local, root.namespace]).toEqual(['ErrorResponse', 'https://sts.amazonaws.com/doc/2011-06-15/']);
    expect(root.children.map((child) => child.local)).toEqual(['Error', 'RequestId']);
  });
});

test('metrics count requests by action and outcome', async () => {
  await clc.ec2(user).send(new DescribeKeyPairsCommand({}));
  const text = await clc.metrics.registry.metrics();
  expect(text).toMatch(/mallee_clc_requests_total\{action="DescribeKeyPairs",outcome="ok"\} \d+/);
  expect(text).toMatch(/mallee_clc_requests_total\{action="none",outcome="MissingAuthenticationToken"\} \d+/);
});
