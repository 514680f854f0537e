import { expect, test } from '@jest/globals';
import { endpointUrl } from './endpoint.js';

test.each([
  [{ host: 'node-1' }, 'http://node-1:8775/x'],
  [{ host: 'node-1:80' }, 'http://node-1:80/x'],
  [{ host: '10.0.0.2:9000', tls: true }, 'https://10.0.0.2:9000/x'],
  [{ host: 'fe80::1' }, 'http://[fe80::1]:8775/x'],
  [{ host: '[fe80::1]:9000' }, 'http://[fe80::1]:9000/x'],
  [{ url: 'http://a/b' }, 'http://a/b'],
])('%j is %s', (given, url) => {
  expect(endpointUrl(given, '/x', 8775)).toBe(url);
});

test.each([
  [{}, /either/],
  [{ host: 'a', url: 'http://a/' }, /either/],
  [{ host: 'http://a' }, /not HOST/],
  [{ host: 'a@b' }, /not HOST/],
  [{ host: 'a b' }, /not HOST/],
  [{ host: 'a:99999' }, /not HOST/],
])('%j is a mistake', (given, message) => {
  expect(() => endpointUrl(given, '/x', 8775)).toThrow(message);
});

test('a service of several daemons has no port of its own', () => {
  expect(() => endpointUrl({ host: 'a' }, '/x', undefined)).toThrow(/HOST:PORT/);
  expect(endpointUrl({ host: 'a:8774' }, '/x', undefined)).toBe('http://a:8774/x');
});
