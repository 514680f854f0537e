import { expect, test } from '@jest/globals';
import { formatToken, parseToken, type JoinToken } from './token.js';
import { Attempts } from './attempts.js';
import { checkClocks } from './clocks.js';

const token: JoinToken = {
  role: 'node',
  urls: ['https://10.0.0.2:8784'],
  pin: 'p'.repeat(43),
  id: '0123456789abcdef',
  secret: 's'.repeat(43),
};

test('a token is one word that comes back as it was', () => {
  const text = formatToken(token);
  expect(text).toMatch(/^mallee-join-1\.[A-Za-z0-9_.-]+$/);
  expect(parseToken(`  ${text}\n`)).toEqual(token);
});

test('a token that was cut, changed, or is none says so', () => {
  const text = formatToken(token);
  const refused = (given: string): unknown => {
    try {
      return parseToken(given);
    } catch (error) {
      return error;
    }
  };
  for (let length = 0; length < text.length; length += 7) {
    expect(refused(text.slice(0, length))).toMatchObject({ code: 'Joining.TokenUnreadable' });
  }
  const middle = text.length >> 1;
  const changed = text.slice(0, middle) + (text[middle] === 'A' ? 'B' : 'A') + text.slice(middle + 1);
  expect(refused(changed)).toMatchObject({ code: 'Joining.TokenUnreadable' });
  expect(refused(text.replace('join-1', 'join-2'))).toMatchObject({ message: expect.stringContaining('version 2') });
  expect(refused('x'.repeat(5000))).toMatchObject({ code: 'Joining.TokenUnreadable' });
  expect(() => formatToken({ ...token, urls: ['http://10.0.0.2:8784'] })).toThrow();
});

test('failed attempts are counted an address and in all, for a minute', () => {
  let now = 0;
  const attempts = new Attempts(() => now);
  for (let count = 0; count < 10; count += 1) attempts.failed('10.0.0.1');
  expect(() => attempts.check('10.0.0.1')).toThrow(expect.objectContaining({ code: 'Joining.TooManyAttempts' }));
  expect(() => attempts.check('10.0.0.2')).not.toThrow();
  for (let count = 0; count < 90; count += 1) attempts.failed(`10.0.1.${String(count)}`);
  expect(() => attempts.check('10.0.0.2')).toThrow();
  now = 60_001;
  expect(() => attempts.check('10.0.0.1')).not.toThrow();
});

test('the clocks may differ by less than signed messages allow; both are named', () => {
  const ours = Date.parse('2026-11-22T12:00:00Z');
  expect(() => checkClocks('2026-11-22T12:00:10Z', ours)).not.toThrow();
  expect(() => checkClocks('2026-11-22T11:58:00Z', ours)).toThrow(
    'the clock of the new host (2026-11-22T11:58:00Z) is 120 s behind the one here (2026-11-22T12:00:00.000Z)',
  );
});
