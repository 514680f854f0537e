import { expect, test } from '@jest/globals';
import { services } from '@mallee/wsdl-types';
import { operationTimeouts, timeoutOf } from './operation-timeouts.js';

test('a client goes by its own table, then by its own time, then by the table of all', () => {
  expect(timeoutOf('ncDescribeResource', {})).toBe(20_000);
  expect(timeoutOf('ncAttachVolume', {})).toBe(180_000);
  expect(timeoutOf('ncAttachVolume', { timeoutMs: 500 })).toBe(500);
  expect(timeoutOf('ncAttachVolume', { timeoutMs: 500, timeouts: { ncAttachVolume: 7 } })).toBe(7);
  expect(timeoutOf('toString', { timeouts: {} })).toBe(20_000);
});

test('the table names operations that there are', () => {
  const names = new Set(
    Object.values(services).flatMap((dialects) =>
      Object.values(dialects).flatMap((service) => Object.keys(service.operations)),
    ),
  );
  // Of the extension, which has no dialects.
  names.add('Hint');
  expect(Object.keys(operationTimeouts).filter((name) => !names.has(name))).toEqual([]);
});

test('a call that makes the peer call another has longer than that call', () => {
  expect(timeoutOf('AttachVolume', {})).toBeGreaterThan(timeoutOf('ncAttachVolume', {}));
  expect(timeoutOf('GetConsoleOutput', {})).toBeGreaterThan(timeoutOf('ncGetConsoleOutput', {}));
  expect(timeoutOf('ncAttachVolume', {})).toBeGreaterThan(timeoutOf('ExportVolume', {}));
});
