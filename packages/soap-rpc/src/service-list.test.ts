import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Health, HttpListener, Metrics } from '@mallee/daemon';
import { makeIdentity, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { EucalyptusCC_2_0, EucalyptusCC_4_4, EucalyptusGL_2_0 } from '@mallee/wsdl-types';
import { SoapServer } from './index.js';
import { servePart } from './operations.js';
import { quiet } from './test-support/peers.js';

let scratch: ScratchDirectory;
let http: HttpListener;
let base: string;

beforeEach(async () => {
  scratch = scratchDirectory();
  const identity = await makeIdentity('cluster');
  const keys = { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') };
  writeFileSync(keys.privateKey, identity.privateKeyPem);
  writeFileSync(keys.certificate, identity.certificatePem);
  const metrics = new Metrics();
  http = new HttpListener({ host: '127.0.0.1', port: 0, logger: quiet, metrics, health: new Health() });
  const config = { keys, peers: [], listen: { host: '127.0.0.1', port: 0 } };
  const server = new SoapServer({ config, logger: quiet, metrics, http });
  server.route([servePart(EucalyptusCC_2_0, {}), servePart(EucalyptusCC_4_4, {})], { trusted: () => [] });
  server.route([servePart(EucalyptusGL_2_0, {})], { trusted: () => [], signed: false });
  base = `http://127.0.0.1:${(await http.listen()).port}`;
});
afterEach(async () => {
  await http.close(0);
  scratch.remove();
});

test('the page that euca_conf looks at names the services and their operations', async () => {
  for (const path of ['/axis2/services/', '/axis2/services']) {
    const response = await fetch(base + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html;charset=UTF-8']);
    const page = await response.text();
    expect(page.match(/<h2>(\w+)<\/h2>/g)).toEqual(['<h2>EucalyptusCC</h2>', '<h2>EucalyptusGL</h2>']);
    expect(page).toContain('<li>DescribeResources</li>');
    expect(page.split('<li>RunInstances</li>')).toHaveLength(2);
  }
  expect((await fetch(`${base}/axis2/services/`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${base}/axis2/services/Other`)).status).toBe(404);
});

test('each dialect has its WSDL', async () => {
  const text = async (query: string): Promise<string> =>
    (await fetch(`${base}${EucalyptusCC_2_0.path}${query}`)).text();
  expect(await text('?wsdl')).not.toContain('DescribeServices');
  expect(await text('?wsdl=4.4')).toContain('DescribeServices');
  expect(await text('?wsdl=2.0')).toBe(await text('?wsdl'));
  expect((await fetch(`${base}${EucalyptusCC_2_0.path}?wsdl=9.9`)).status).toBe(404);
});
