import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isMalleeError } from '@mallee/errors';
import { makeIdentity } from '@mallee/testing';
import { encodeMessage, EucalyptusNC_2_0, type EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, type IdentityPem } from '@mallee/ws-security';
import { SoapClient } from './index.js';
import { rawServer, type RawServer } from './test-support/raw-server.js';

/* Answers with seeded damage, in the HTTP head and in the message: a call ends in its time with a typed error, or with the true reply. */

const service = EucalyptusNC_2_0;
let cluster: IdentityPem;
let node: IdentityPem;
let server: RawServer;
let client: SoapClient<EucalyptusNCOperations_2_0>;
let damage: (bytes: Buffer) => Buffer;

beforeAll(async () => {
  [cluster, node] = await Promise.all([makeIdentity('cluster'), makeIdentity('node')]);
  const signer = new MessageSigner({ identity: loadIdentity(node) });
  const { response, soapAction } = service.operations['ncPowerDown']!;
  const payload = encodeMessage(response, { return: true, statusMessage: 0, userId: 'somebody' });
  server = await rawServer((socket, request) => {
    const relatesTo = /<wsa:MessageID [^>]*>([^<]*)</.exec(request)?.[1] ?? '';
    const { text } = signer.sign({ action: soapAction, relatesTo, payload });
    socket.end(damage(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`)));
  });
  client = new SoapClient<EucalyptusNCOperations_2_0>({
    service,
    url: `http://127.0.0.1:${server.port}${service.path}`,
    identity: cluster,
    peerCertificates: [node.certificatePem],
    timeoutMs: 10_000,
    breaker: false,
    maxReplyBytes: 100_000,
  });
});
afterAll(async () => {
  client.close();
  await server.close();
});

/** Numbers below `below`, the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 0x7fffffff) % below;
}

const kinds: Readonly<Record<string, (bytes: Buffer, random: (below: number) => number) => Buffer>> = {
  'a byte is another': (bytes, random) => {
    bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  'a byte of the head is another': (bytes, random) => {
    bytes[random(bytes.indexOf('\r\n\r\n') + 4)] = random(256);
    return bytes;
  },
  'a piece is missing': (bytes, random) => {
    const from = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random(40))]);
  },
  'a piece comes twice': (bytes, random) => {
    const from = random(bytes.length);
    const to = from + 1 + random(200);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  'the end is missing': (bytes, random) => bytes.subarray(0, random(bytes.length)),
};

test.each(Object.entries(kinds))('%s', async (_name, change) => {
  const random = generator(20_261_122);
  const codes = new Set<string>();
  damage = (bytes) => change(bytes, random);
  for (let count = 0; count < 150; count += 1) {
    const outcome: unknown = await client.call('ncPowerDown', {}).catch((error: unknown) => error);
    if (isMalleeError(outcome)) codes.add(outcome.code);
    else expect(outcome).toEqual({ return: true, statusMessage: 0, userId: 'somebody' });
  }
  const allowed = ['Wire.BadReply', 'Wire.PeerUnreachable'];
  expect([...codes].filter((code) => !allowed.includes(code))).toEqual([]);
  expect(codes.size).toBeGreaterThan(0);
});
