import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { Metrics } from '@mallee/daemon';
import { describeShared } from '@mallee/testing';
import { EucalyptusCC_2_0, EucalyptusNC_2_0 } from '@mallee/wsdl-types';
import { createSoapEndpoint } from './handler.js';
import { servePart } from './operations.js';
import { quiet, serve, type TestServer } from './test-support/peers.js';

/* Every request that was captured from or sent to the original C daemons, byte by byte, at an endpoint of ours. */

const dialects = ['body-timestamp', 'headers-only'] as const;

/** What becomes of the requests that the originals refused, by what was done to them. */
const refused: Readonly<Record<string, string>> = {
  'unsigned-no-security': 'Wire.NotSigned',
  'tampered-action-text': 'Wire.SignatureInvalid',
  'tampered-messageid': 'Wire.SignatureInvalid',
  'tampered-signaturevalue': 'Wire.SignatureInvalid',
  'tampered-body-userid': 'Wire.SignatureInvalid',
  'expires-moved-later': 'Wire.SignatureInvalid',
  'cert-and-key-differ': 'Wire.SignatureInvalid',
  'no-addressing-headers': 'Wire.PolicyViolation',
  'headers-only-no-timestamp': 'Wire.PolicyViolation',
  'with-timestamp': 'Wire.PolicyViolation',
  'signature-wrapping-body': 'Wire.PolicyViolation',
  'signed-by-unknown-cert': 'Wire.UnknownCertificate',
  'no-soapaction-header': '404',
};

describeShared('requests captured from the original C daemons', (shared) => {
  const folder = `${shared}/fixtures/rampart-c`;
  const pem = (name: string): string => readFileSync(`${folder}/keys/test-only-${name}.pem`, 'utf8');
  const every = (name: string): (readonly [(typeof dialects)[number], string])[] =>
    shared === ''
      ? []
      : dialects.flatMap((dialect) =>
          readdirSync(`${folder}/${dialect}/${name}`)
            .filter((file) => file.endsWith('.request.http'))
            .map((file) => [dialect, `${name}/${file}`] as const),
        );

  /** A CC or NC with the keys and at the time of the captures, to whom the sender is named with its profile, or not. */
  async function daemon(dialect: (typeof dialects)[number], file: string, named = true): Promise<TestServer> {
    const forNode = file.includes('/nc');
    const [own, sender] = forNode ? (['node', 'cluster'] as const) : (['cluster', 'cloud'] as const);
    const created = /<wsu:Created>([^<]*)</.exec(readFileSync(`${folder}/${dialect}/${file}`, 'latin1'))?.[1];
    const now = Date.parse(created ?? '2026-11-22T17:15:00Z') + 100;
    const metrics = new Metrics();
    const endpoint = createSoapEndpoint({
      // No operation is implemented here: that a request gets so far is what counts.
      dialects: [servePart(forNode ? EucalyptusNC_2_0 : EucalyptusCC_2_0, {})],
      identity: { privateKeyPem: pem(`${own}-key`), certificatePem: pem(`${own}-cert`) },
      trusted: () => [pem(`${sender}-cert`)],
      peers: () => (named ? [{ certificatePem: pem(`${sender}-cert`), profile: dialect, suite: 'rsa-sha1' }] : []),
      logger: quiet,
      metrics,
      clock: () => now,
    });
    return serve(endpoint, metrics);
  }

  /** The code that a request is answered with. */
  async function answer(server: TestServer, dialect: (typeof dialects)[number], file: string): Promise<string> {
    const text = await raw(readFileSync(`${folder}/${dialect}/${file}`), server);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'none';
    const failed = /^x-mallee-error: ([\w.]+)/im.exec(text)?.[1];
    return status === '404' ? status : (failed ?? status);
  }

  async function once(dialect: (typeof dialects)[number], file: string, named?: boolean): Promise<string> {
    const server = await daemon(dialect, file, named);
    const code = await answer(server, dialect, file);
    await server.close();
    return code;
  }

  describe.each(every('signed'))('%s/%s', (dialect, file) => {
    test('reaches its operation', async () => {
      expect(await once(dialect, file)).toBe('Wire.OperationNotSupported');
    });

    test('is refused where its sender is not named as an original', async () => {
      expect(await once(dialect, file, false)).toBe('Wire.AlgorithmRefused');
    });

    test('is refused a second time', async () => {
      const server = await daemon(dialect, file);
      expect(await answer(server, dialect, file)).toBe('Wire.OperationNotSupported');
      expect(await answer(server, dialect, file)).toBe('Wire.Replayed');
      await server.close();
    });
  });

  test.each(every('rejected'))('%s/%s is refused here, too', async (dialect, file) => {
    expect(await once(dialect, file)).toBe(refused[file.split('.')[1] ?? '']);
  });

  /** As the table of docs/reference/wire.md has it for a first message; ws-security compares with the table itself. */
  test.each(every('accepted-by-original'))('%s/%s', async (dialect, file) => {
    const variant = file.split('.')[1] ?? '';
    const expected = { 'malformed-xml': 'Wire.MalformedXml', 'only-To-signed': 'Wire.PolicyViolation' }[variant];
    expect(await once(dialect, file)).toBe(expected ?? 'Wire.OperationNotSupported');
  });
});

/** Sends bytes and returns all that comes until the answer is whole or the connection closed. */
function raw(bytes: Buffer, server: TestServer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
      if (/<\/(soapenv:Envelope|html)>\s*$/.test(answer)) socket.end();
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
    socket.write(bytes);
  });
}
