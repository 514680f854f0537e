import { expect, test } from '@jest/globals';
import { parseXml } from '@mallee/xml';
import fc from 'fast-check';
import { xmlDocument } from './xml.js';

test('order, lists, empty sets, dates, absent fields', () => {
  const content = {
    requestId: 'x',
    b: true,
    none: undefined,
    nothing: null,
    set: [{ a: 1 }, 'text'],
    empty: [],
    at: new Date('2026-01-02T03:04:05.678Z'),
  };
  expect(xmlDocument('R', 'http://n/', content)).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<R xmlns="http://n/"><requestId>x</requestId><b>true</b>' +
      '<set><item><a>1</a></item><item>text</item></set><empty/><at>2026-01-02T03:04:05.678Z</at></R>',
  );
  expect(xmlDocument('R', 'http://n/', { set: ['v'] }, { prefix: 'euca:', scalarItem: 'entry' })).toContain(
    '<euca:R xmlns:euca="http://n/"><euca:set><euca:item><euca:entry>v</euca:entry></euca:item></euca:set></euca:R>',
  );
});

test('any text gives a document that a strict reader accepts with the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const root = parseXml(xmlDocument('R', '', { text }));
      const legal = text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
      expect(root.children[0]!.text.replaceAll('\r', '')).toBe(legal.replaceAll('\r', ''));
    }),
  );
});
