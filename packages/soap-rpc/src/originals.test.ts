import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { describeShared } from '@mallee/testing';
import { EucalyptusCC_2_0, EucalyptusNC_2_0, type ServiceTable } from '@mallee/wsdl-types';
import { MessageSigner, type ProfileName } from '@mallee/ws-security';
import { SoapClient } from './index.js';
import { rawServer } from './test-support/raw-server.js';

/* The client against the captured answers of the original daemons; other ways of HTTP are in http-quirks.test.ts. */

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

describe.each(['body-timestamp', 'headers-only'] satisfies ProfileName[])('profile %s', (profile) =>
  describeShared('answers of the original C daemons, replayed byte by byte', (shared) => {
    const folder = `${shared}/fixtures/rampart-c`;
    const pem = (name: string): string => readFileSync(`${folder}/keys/test-only-${name}.pem`, 'utf8');
    const list = (name: string): string[] =>
      shared === ''
        ? ['none']
        : readdirSync(`${folder}/${profile}/${name}`).filter((file) => file.endsWith('.response.http'));

    /** Calls the operation of a capture; the peer answers with its bytes, as if the captured request had been sent. */
    async function replay(file: string): Promise<unknown> {
      const bytes = readFileSync(`${folder}/${profile}/${file}`);
      const text = bytes.toString('latin1');
      const messageId = /<wsa:RelatesTo [^>]*>([^<]*)</.exec(text)?.[1] ?? 'urn:uuid:1';
      jest.spyOn(MessageSigner.prototype, 'sign').mockReturnValue({ text: '<request/>', messageId });
      const server = await rawServer((socket) => socket.write(bytes));
      cleanUps.push(() => server.close());
      const operation = (file.split('/')[1] ?? '').split('.', 1)[0] ?? '';
      const [from, to, table] = operation.startsWith('nc')
        ? (['cluster', 'node', EucalyptusNC_2_0] as const)
        : (['cloud', 'cluster', EucalyptusCC_2_0] as const);
      const created = Date.parse(/<wsu:Created>([^<]*)</.exec(text)?.[1] ?? '2026-11-22T17:15:00Z');
      const client = new SoapClient({
        service: table,
        url: `http://127.0.0.1:${server.port}${table.path}`,
        identity: { privateKeyPem: pem(`${from}-key`), certificatePem: pem(`${from}-cert`) },
        peerCertificates: [pem(`${to}-cert`)],
        profile,
        suite: 'rsa-sha1',
        clock: () => created + 100,
        keepAlive: false,
      });
      cleanUps.push(() => client.close());
      return client.call(operation as never, sample(table, operation) as never).catch((error: unknown) => error);
    }

    test.each(list('signed').filter((file) => !file.startsWith('ncAttachVolume')))('signed/%s', async (file) => {
      const reply = await replay(`signed/${file}`);
      expect(reply).not.toBeInstanceOf(Error);
      expect((reply as { return?: boolean }).return).not.toBe(false);
    });

    if (profile === 'headers-only') {
      test('signed/ncAttachVolume, which says return=false', async () => {
        const error = await replay('signed/ncAttachVolume.NCclient-to-NC.response.http');
        expect(error).toMatchObject({ code: 'Wire.PeerFault', details: { response: { return: false } } });
      });
    }

    test.each(list('rejected'))('rejected/%s gives the reason of the peer', async (file) => {
      const text = readFileSync(`${folder}/${profile}/rejected/${file}`, 'latin1');
      const error = await replay(`rejected/${file}`);
      const peerMessage = /<faultstring>([^<]*)</.exec(text)?.[1]?.trim();
      const faultcode = /<faultcode>([^<]*)</.exec(text)?.[1];
      if (peerMessage === undefined) expect(error).toMatchObject({ code: 'Wire.BadReply', details: { status: 404 } });
      else expect(error).toMatchObject({ code: 'Wire.PeerFault', details: { peerMessage, faultcode } });
    });
  }),
);

/** A request that the codec takes; what it says does not matter here. */
function sample(table: ServiceTable, operation: string): object {
  return fill(table.operations[operation]!.request.type);
}

type TypeTable = ServiceTable['operations'][string]['request']['type'];

function fill(type: TypeTable): object {
  const values = type.fields
    .filter(({ min }) => min > 0)
    .map((field) => {
      const value =
        typeof field.type !== 'string'
          ? fill(field.type)
          : field.type === 'int' || field.type === 'long'
            ? 1
            : field.type === 'boolean'
              ? true
              : '';
      return [field.name, field.max > 1 ? [value] : value] as const;
    });
  return Object.fromEntries(values);
}
