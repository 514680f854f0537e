import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, it, test } from '@jest/globals';
import { describeShared, scratchDirectory } from '@mallee/testing';
import { decodeMessage, EucalyptusNC_2_0 } from '@mallee/wsdl-types';
import { MessageVerifier, profiles, type ProfileName, type VerifiedMessage } from '@mallee/ws-security';
import { nodeEndpoint, type NodeEndpoint } from '../test-support/node-endpoint.js';

/** Sends bytes as they were captured and returns the answer: status and body. */
function send(bytes: Buffer, node: NodeEndpoint): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(node.url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      if (/<\/(soapenv:Envelope|html)>\s*$/.test(answer)) socket.end();
    });
    socket.on('close', () =>
      resolve({ status: Number(answer.split(' ')[1]), body: answer.split('\r\n\r\n')[1] ?? '' }),
    );
    socket.on('error', reject);
    socket.write(bytes);
  });
}

const reboots = { instanceId: 'i-45464748' };

describeShared('requests of an original cluster controller, sent byte by byte to a node', (shared) => {
  const folder = `${shared}/fixtures/rampart-c`;
  const pem = (name: string): string => readFileSync(`${folder}/keys/test-only-${name}.pem`, 'utf8');

  async function withNode(
    profile: ProfileName,
    use: (node: NodeEndpoint) => Promise<void>,
    file: string,
  ): Promise<void> {
    const scratch = scratchDirectory();
    const text = readFileSync(`${folder}/body-timestamp/signed/ncDescribeResource.CC-to-NC.request.xml`, 'utf8');
    const own = profile === 'body-timestamp' ? readFileSync(file, 'utf8') : text;
    const time = Date.parse(/<wsu:Created>([^<]*)</.exec(own)?.[1] ?? text);
    let sinceThen = -1000;
    const node = await nodeEndpoint({
      directory: scratch.path,
      identity: { privateKeyPem: pem('node-key'), certificatePem: pem('node-cert') },
      trusted: [pem('cluster-cert')],
      peers: [{ dialect: '2.0', profile, suite: 'rsa-sha1' }],
      subnet: '172.19.1.0/24',
      clock: () => time + sinceThen,
    });
    // The node has to run before it is asked.
    sinceThen = 100;
    try {
      await use(node);
    } finally {
      await node.close();
      scratch.remove();
    }
  }

  function verify(body: string, profile: ProfileName, request: string): VerifiedMessage {
    const requestId = /<wsa:MessageID[^>]*>([^<]*)</.exec(request)?.[1] ?? '';
    const clock = (): number => Date.parse(/<wsu:Created>([^<]*)</.exec(body)?.[1] ?? '2026-01-01');
    const peer = { certificatePem: pem('node-cert'), profile: profiles[profile], suites: ['rsa-sha1'] as const };
    return new MessageVerifier({ trusted: () => [peer], clock }).verifyReply(body, requestId);
  }

  const dialects: ProfileName[] = ['body-timestamp', 'headers-only'];
  const cases = dialects.flatMap((profile) =>
    [
      ['ncDescribeResource.CC-to-NC', { return: true, userId: 'eucalyptus', nodeStatus: 'OK', publicSubnets: 'none' }],
      ['ncDescribeResource.NCclient-to-NC', { return: true, nodeStatus: 'OK' }],
      ['ncStartNetwork.CC-to-NC', { return: true, userId: 'bob', statusMessage: 0, networkStatus: 'SUCCESS' }],
      [
        'ncRunInstance.CC-to-NC',
        {
          return: true,
          userId: 'bob',
          instance: {
            instanceId: reboots.instanceId,
            stateName: 'Pending',
            bundleTaskStateName: 'none',
            userId: 'bob',
          },
        },
      ],
      // No such instance here: as with the originals this is no fault.
      ['ncTerminateInstance.NCclient-to-NC', { return: false }],
      ...(profile === 'headers-only'
        ? [['ncAttachVolume.NCclient-to-NC', { return: false, statusMessage: 2 }] as const]
        : []),
    ].map(([name, expected]) => [profile, name as string, expected as object] as const),
  );

  test.each(cases)('%s: %s', async (profile, name, expected) => {
    const file = `${folder}/${profile}/signed/${name}.request.http`;
    await withNode(
      profile,
      async (node) => {
        const request = readFileSync(file);
        const { status, body } = await send(request, node);
        expect(status).toBe(200);
        const verified = verify(body, profile, request.toString());
        expect(verified).toMatchObject({ bodySigned: true, suite: 'rsa-sha1', profile });
        const operation = EucalyptusNC_2_0.operations[name.split('.')[0]!]!;
        expect(decodeMessage(operation.response, verified.payload)).toMatchObject(expected);
        // Taken once.
        expect((await send(request, node)).body).toContain('Wire.Replayed');
      },
      file,
    );
  });

  it('are refused by a node that is not told of that peer', async () => {
    const scratch = scratchDirectory();
    const node = await nodeEndpoint({
      directory: scratch.path,
      identity: { privateKeyPem: pem('node-key'), certificatePem: pem('node-cert') },
      trusted: [pem('cluster-cert')],
    });
    const body = async (profile: ProfileName): Promise<string> =>
      (await send(readFileSync(`${folder}/${profile}/signed/ncDescribeResource.CC-to-NC.request.http`), node)).body;
    expect(await body('headers-only')).toMatch(/Wire\.(AlgorithmRefused|PolicyViolation)/);
    expect(await body('body-timestamp')).toContain('Wire.AlgorithmRefused');
    await node.close();
    scratch.remove();
  });

  it('are refused by a node with other addresses', async () => {
    const scratch = scratchDirectory();
    const node = await nodeEndpoint({
      directory: scratch.path,
      identity: { privateKeyPem: pem('node-key'), certificatePem: pem('node-cert') },
      trusted: [pem('cluster-cert')],
      peers: [{ profile: 'headers-only', suite: 'rsa-sha1' }],
      listen: { addresses: ['http://127.77.0.3:8775'] },
    });
    const { body } = await send(
      readFileSync(`${folder}/headers-only/signed/ncDescribeResource.CC-to-NC.request.http`),
      node,
    );
    expect(body).toContain('is not this endpoint');
    await node.close();
    scratch.remove();
  });
});
