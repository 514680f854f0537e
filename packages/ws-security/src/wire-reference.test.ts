import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { defaultLimits } from '@mallee/xml';
import {
  defaultFreshness,
  loadIdentity,
  MessageSigner,
  profiles,
  type IdentityPem,
  type ProfileName,
} from './index.js';
import { NOW } from './test-support/messages.js';

/* The examples and numbers of docs/reference/wire.md are those of the code. */

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/wire.md'), 'utf8');

let peer: IdentityPem;
beforeAll(async () => {
  peer = await makeIdentity('peer');
});

/** What differs from message to message, as the page abbreviates it. */
function abbreviated(text: string): string {
  return text
    .replace(/(wsu:Id="id-Token">)[^<]*/, '$1MII...')
    .replace(/(<ds:DigestValue>)[^<]*/g, '$1...')
    .replace(/(<ds:SignatureValue>)[^<]*/, '$1...')
    .replace(/urn:uuid:[0-9a-f-]{36}/g, 'urn:uuid:...');
}

/** The n-th XML example of the page, without the line breaks that the page has. */
function example(number: number): string {
  const block = [...page.matchAll(/```xml\n([\s\S]*?)```/g)][number]?.[1] ?? '';
  // A line that ends with an attribute goes on with the next one; other breaks are between tags.
  return block
    .replace(/"\n\s*/g, '" ')
    .replace(/\n\s*/g, '')
    .trim();
}

const sign = (profile: ProfileName): MessageSigner =>
  new MessageSigner({ identity: loadIdentity(peer), profile: profiles[profile], clock: () => NOW });
const url = 'http://10.0.0.2:8775/axis2/services/EucalyptusNC';
const action = 'EucalyptusNC#ncPowerDown';
const XMLNS = 'xmlns:n="http://eucalyptus.ucsb.edu/"';

test('the example of a request is what the signer writes', () => {
  const payload = `<n:ncPowerDown ${XMLNS}><n:correlationId>b8f0</n:correlationId><n:userId>eucalyptus</n:userId></n:ncPowerDown>`;
  expect(example(0)).toBe(abbreviated(sign('body-timestamp').sign({ to: url, action, payload }).text));
});

test('the example of a reply is what the signer writes', () => {
  const payload = `<n:ncPowerDownResponse ${XMLNS}><n:correlationId>b8f0</n:correlationId><n:userId>eucalyptus</n:userId><n:return>true</n:return><n:statusMessage>0</n:statusMessage></n:ncPowerDownResponse>`;
  const relatesTo = 'urn:uuid:00000000-0000-4000-8000-000000000001';
  expect(example(1)).toBe(abbreviated(sign('headers-only').sign({ action, payload, relatesTo, from: url }).text));
});

test('the limits and times are those of the code', () => {
  for (const [name, value] of Object.entries(defaultLimits)) {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\| ${value.toLocaleString('en-US')} `, 'm'));
  }
  expect(defaultFreshness).toEqual({ skewMs: 20_000, maximumAgeMs: 300_000, untimedMemoryMs: 3_600_000 });
});
