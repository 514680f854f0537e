import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  describeReal,
  makeIdentity,
  scratchDirectory,
  type ScratchDirectory,
  type TestIdentity,
} from '@mallee/testing';
import { startFixture, type Fixture } from '../test-support/fixture.js';
import { alice, bob } from '../test-support/serve.js';

const PYTHON = '/usr/bin/python3';
const MODULES = '/usr/lib/python3/dist-packages';
let scratch: ScratchDirectory;
const file = (name: string): string => join(scratch.path, name);

function write(name: string, { privateKeyPem, certificatePem }: TestIdentity): [key: string, certificate: string] {
  writeFileSync(file(`${name}.key`), privateKeyPem, { mode: 0o600 });
  writeFileSync(file(`${name}.pem`), certificatePem);
  return [file(`${name}.key`), file(`${name}.pem`)];
}

describeReal({ files: [PYTHON, `${MODULES}/zeep`, `${MODULES}/xmlsec`] }, 'S3 by SOAP with Python zeep', () => {
  let walrus: Fixture;
  let keys: string[];
  beforeAll(async () => {
    scratch = scratchDirectory();
    const [alices, bobs] = await Promise.all([makeIdentity('alice'), makeIdentity('bob')]);
    const certificates = { [alice.accountId]: [alices.certificatePem], [bob.accountId]: [bobs.certificatePem] };
    walrus = await startFixture({ certificates });
    keys = [...write('alice', alices), ...write('bob', bobs)];
  }, 120_000);
  afterAll(async () => {
    await walrus?.stop();
    scratch?.remove();
  }, 60_000);

  it.each(['sha256', 'sha1'])(
    'reads the WSDL and works with buckets and objects, signed with RSA and %s',
    async (suite) => {
      const wsdl = `http://127.0.0.1:${walrus.port}/services/Walrus?wsdl`;
      const scenario = join(import.meta.dirname, '../test-support/zeep_scenario.py');
      const options = { cwd: scratch.path, env: { HOME: scratch.path, PATH: '/usr/bin' }, timeout: 100_000 };
      const { stdout } = await promisify(execFile)(PYTHON, ['-W', 'ignore', scenario, wsdl, ...keys, suite], options);
      expect(stdout).toBe('');
    },
    120_000,
  );
});
