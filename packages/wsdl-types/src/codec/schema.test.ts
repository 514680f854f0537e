import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '@mallee/processes';
import { describeReal, scratchDirectory, sharedDirectory } from '@mallee/testing';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as generated from '../generated/index.js';
import { packageRoot } from '../generator/load.js';
import type { ServiceTable } from '../table.js';
import { messageOf } from '../test-support/arbitrary.js';
import { encodeMessage } from './encode.js';

const SEED = 20101015;
const SAMPLES = 4;

/** The schema of a WSDL, ready for a strict validator: no type is abstract, for the peers send those types as they are. */
function schemaOf(wsdl: string): string {
  const schema = /<(\w+):schema[^]*<\/\1:schema>/.exec(wsdl)?.[0];
  if (schema === undefined) throw new Error('no schema');
  const bare = schema.replaceAll(/ abstract="true"/g, '');
  // Prefixes that the document declares at its top.
  const inherited = [...wsdl.matchAll(/xmlns:(xs|tns)="[^"]*"/g)].map(([text]) => text);
  const missing = [...new Set(inherited)].filter(
    (text) => !bare.slice(0, bare.indexOf('>')).includes(`${text.split('=')[0] ?? ''}=`),
  );
  return bare.replace(/^<\w+:schema/, (start) => [start, ...missing].join(' '));
}

/** Documents against which messages of a service are judged: ours, and where it is at hand the original's. */
function documents(service: ServiceTable): [string, string][] {
  const ours = readFileSync(`${packageRoot}wsdl/${service.document ?? ''}`, 'utf8');
  const shared = sharedDirectory();
  if (shared === undefined || service.dialect === 'mallee') return [['ours', ours]];
  const file = `eucalyptus_${service.name.slice(-2).toLowerCase()}.wsdl`;
  return [
    ['ours', ours],
    ['the original', readFileSync(join(shared, 'wsdl', service.dialect, file), 'utf8')],
  ];
}

describeReal(
  { programs: ['xmllint'] },
  'what the codec writes is valid by the schema, says an independent validator',
  () => {
    const scratch = scratchDirectory();
    afterAll(() => scratch.remove());

    test.each(Object.entries(generated))(
      '%s',
      async (name, service) => {
        const messages = Object.values(service.operations).flatMap(({ request, response }) => [request, response]);
        const files = messages.flatMap((table) =>
          fc.sample(messageOf(table), { numRuns: SAMPLES, seed: SEED }).map((value, index) => {
            const file = join(scratch.path, `${name}-${table.element}-${String(index)}.xml`);
            // `return` decides whether an answer may lack required elements; here all are there.
            writeFileSync(file, encodeMessage(table, value));
            return file;
          }),
        );
        for (const [whose, wsdl] of documents(service)) {
          const schema = join(scratch.path, `${name}-${whose.replace(' ', '-')}.xsd`);
          writeFileSync(schema, schemaOf(wsdl));
          await runCommand('xmllint', ['--noout', '--nonet', '--huge', '--schema', schema, ...files]);
        }
        expect(files.length).toBe(messages.length * SAMPLES);
      },
      60_000,
    );

    test('the validator does see an element out of order', async () => {
      const schema = join(scratch.path, 'proof.xsd');
      const message = join(scratch.path, 'proof.xml');
      writeFileSync(schema, schemaOf(readFileSync(`${packageRoot}wsdl/4.4/cc.wsdl`, 'utf8')));
      writeFileSync(
        message,
        '<StopNetwork xmlns="http://eucalyptus.ucsb.edu/"><netName>n</netName><vlan>1</vlan></StopNetwork>',
      );
      await expect(runCommand('xmllint', ['--noout', '--schema', schema, message])).rejects.toThrow('vlan');
    });
  },
);
