import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signEuca2Rest } from '@mallee/aws-signatures';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import { send, sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';

let walrus: Fixture;
let node: TestIdentity;
const handled: object[] = [];

beforeAll(async () => {
  node = await makeIdentity('node');
  walrus = await startFixture({
    trustedNodes: [node.certificatePem],
    images: {
      walrusHandlers: {},
      handleRest: async (_request, response, target) => {
        handled.push(target);
        response.end('image');
      },
      close: () => undefined,
    },
  });
  await sendSigned(walrus.port, { method: 'PUT', target: '/images' });
  for (const name of ['tiny.manifest.xml', 'tiny.part.00']) {
    await sendSigned(walrus.port, { method: 'PUT', target: `/images/${name}`, body: name });
  }
}, 120_000);
afterAll(async () => walrus?.stop(), 60_000);

async function asNode(
  method: string,
  target: string,
  more: Record<string, string> = {},
  unsigned: Record<string, string> = {},
): Promise<Reply> {
  const headers = { host: `127.0.0.1:${walrus.port}`, ...more };
  const [rawPath = '', rawQuery = ''] = target.split('?');
  const added = signEuca2Rest({ method, rawPath, rawQuery, headers }, node, new Date());
  return await send(walrus.port, { method, target, headers: { ...headers, ...added, ...unsigned } });
}

describe('requests of nodes', () => {
  it('reach the image service with bucket, key and operation', async () => {
    const reply = await asNode('GET', '/services/Walrus/images/tiny.manifest.xml', {
      eucaoperation: 'GetDecryptedImage',
    });
    expect(reply.body.toString()).toBe('image');
    expect(handled).toEqual([{ bucket: 'images', key: 'tiny.manifest.xml', operation: 'GetDecryptedImage' }]);
  });

  it('read manifests and nothing else', async () => {
    expect((await asNode('GET', '/images/tiny.manifest.xml')).body.toString()).toBe('tiny.manifest.xml');
    expect((await asNode('GET', '/images/none.manifest.xml')).code).toBe('NoSuchKey');
    expect((await asNode('GET', '/images/tiny.part.00')).code).toBe('AccessDenied');
    expect((await asNode('GET', '/images')).code).toBe('MethodNotAllowed');
    expect((await asNode('PUT', '/images/tiny.manifest.xml')).code).toBe('MethodNotAllowed');
    expect((await asNode('DELETE', '/images/tiny.manifest.xml', { eucaoperation: 'DeleteWalrusSnapshot' })).code).toBe(
      'MethodNotAllowed',
    );
  });

  it('an unsigned EucaOperation header does not count', async () => {
    handled.length = 0;
    const reply = await asNode('GET', '/images/tiny.part.00', {}, { eucaoperation: 'GetDecryptedImage' });
    expect(reply.code).toBe('AccessDenied');
    expect(handled).toEqual([]);
  });
});
