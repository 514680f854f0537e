import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { baseConfigSchema, Health, HttpListener, Metrics } from '@mallee/daemon';
import { makeIdentity, scratchDirectory } from '@mallee/testing';
import { encodeMessage, EucalyptusNC_2_0 } from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner } from '@mallee/ws-security';
import { SoapServer } from './index.js';
import { servePart } from './operations.js';
import { quiet } from './test-support/peers.js';

test('W30 a message that the daemon may have answered before its restart is not answered again', async () => {
  const scratch = scratchDirectory();
  const [own, cluster] = await Promise.all([makeIdentity('node'), makeIdentity('cluster')]);
  writeFileSync(join(scratch.path, 'key.pem'), own.privateKeyPem);
  writeFileSync(join(scratch.path, 'cert.pem'), own.certificatePem);
  const keys = { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') };
  const config = baseConfigSchema.parse({ name: 'nc', stateDirectory: scratch.path, listen: { port: 0 }, keys });

  /** One run of the daemon: takes the message or says why not. */
  const run = async (text: (to: string) => string): Promise<string | undefined> => {
    const metrics = new Metrics();
    const http = new HttpListener({ ...config.listen, logger: quiet, metrics, health: new Health() });
    const soap = new SoapServer({ config, logger: quiet, metrics, http });
    soap.route([servePart(EucalyptusNC_2_0, {})], { trusted: () => [cluster.certificatePem] });
    const url = `http://127.0.0.1:${(await http.listen()).port}${EucalyptusNC_2_0.path}`;
    const headers = { 'content-type': 'text/xml', soapaction: '' };
    const answer = await fetch(url, { method: 'POST', headers, body: text(url) });
    await http.close(0);
    return /^[\w.]+/.exec(answer.headers.get('x-mallee-error') ?? '')?.[0];
  };

  const { request, soapAction: action } = EucalyptusNC_2_0.operations['ncPowerDown']!;
  const signer = new MessageSigner({ identity: loadIdentity(cluster) });
  let sent = '';
  const sign = (to: string): string => (sent = signer.sign({ to, action, payload: encodeMessage(request, {}) }).text);
  expect(await run(sign)).toBe('Wire.OperationNotSupported');
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await run(() => sent)).toBe('Wire.CreatedBeforeStart');
  expect(await run(sign)).toBe('Wire.OperationNotSupported');
  scratch.remove();
});
