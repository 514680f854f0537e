import { readdirSync, readFileSync } from 'node:fs';
import { describeShared } from '@mallee/testing';
import { parseXml, type XmlElement } from '@mallee/xml';
import { expect, test } from '@jest/globals';
import { EucalyptusCC_2_0, EucalyptusNC_2_0 } from '../generated/index.js';
import type { MessageTable } from '../table.js';
import { decodeMessage } from './decode.js';
import { encodeMessage } from './encode.js';

const tables = new Map<string, MessageTable>(
  [EucalyptusCC_2_0, EucalyptusNC_2_0]
    .flatMap((service) => Object.values(service.operations))
    .flatMap(({ request, response }) => [request, response])
    .map((table) => [table.element, table]),
);

function bodyOf(text: string): XmlElement {
  const message = parseXml(text).children.find((child) => child.local === 'Body')?.children[0];
  if (message === undefined) throw new Error('no message in the capture');
  return message;
}

describeShared('messages recorded from the original C daemons', (shared) => {
  for (const profile of ['body-timestamp', 'headers-only']) {
    const folder = `${shared}/fixtures/rampart-c/${profile}/signed`;
    const captures = shared === '' ? ['none'] : readdirSync(folder).filter((name) => name.endsWith('.xml'));
    test.each(captures)(`${profile}/%s is read, and says the same when we write it`, (name) => {
      const element = bodyOf(readFileSync(`${folder}/${name}`, 'utf8'));
      const table = tables.get(element.local);
      if (table === undefined) throw new Error(`no message ${element.local}`);
      const value = decodeMessage(table, element);
      expect(decodeMessage(table, parseXml(encodeMessage(table, value)))).toEqual(value);
    });
  }
});
