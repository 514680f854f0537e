import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeReal, makeIdentity, scratchDirectory, type TestIdentity } from '@mallee/testing';
import { startFixture, type Fixture } from '../../services/walrus/src/test-support/fixture.js';
import { alice, bob } from '../../services/walrus/src/test-support/serve.js';
import { runWell } from './support/run.js';

const PYTHON = '/usr/bin/python3';
const MODULES = '/usr/lib/python3/dist-packages';
const scratch = scratchDirectory();
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
    const [alices, bobs] = await Promise.all([makeIdentity('alice'), makeIdentity('bob')]);
    const certificates = { [alice.accountId]: [alices.certificatePem], [bob.accountId]: [bobs.certificatePem] };
    walrus = await startFixture({ certificates });
    keys = [...write('alice', alices), ...write('bob', bobs)];
  }, 120_000);
  afterAll(async () => {
    await walrus?.stop();
    scratch.remove();
  }, 60_000);

  it.each(['sha256', 'sha1'])(
    'reads the WSDL and works with buckets and objects, signed with RSA and %s',
    async (suite) => {
      const wsdl = `http://127.0.0.1:${walrus.port}/services/Walrus?wsdl`;
      const scenario = join(import.meta.dirname, 'zeep_scenario.py');
      const options = { cwd: scratch.path, env: { HOME: scratch.path } };
      expect(await runWell(PYTHON, ['-W', 'ignore', scenario, wsdl, ...keys, suite], options)).toBe('');
    },
    120_000,
  );
});
