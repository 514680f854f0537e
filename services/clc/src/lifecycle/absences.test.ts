import { expect, test } from '@jest/globals';
import { Absences } from './absences.js';

const at = (ms: number): Date => new Date(1_000_000 + ms);

test('counts reports in a row, begun after the component had the subject, at least a gap apart', () => {
  const absences = new Absences();
  const look = (ms: number, since: number | undefined, present = false): number => {
    const subject = { id: 'i', since: since === undefined ? undefined : at(since), gapMs: 1000 };
    absences.update([subject], new Set(present ? ['i'] : []), at(ms));
    return absences.count('i');
  };
  expect(look(0, undefined)).toBe(0);
  expect(look(10, 20)).toBe(0);
  expect(look(30, 20)).toBe(1);
  expect(look(40, 20)).toBe(1);
  expect(look(1030, 20)).toBe(2);
  expect(look(1040, 20, true)).toBe(0);
  expect(look(1050, 20)).toBe(1);
});

test('forgets subjects that are no longer watched', () => {
  const absences = new Absences();
  absences.update([{ id: 'i', since: at(0), gapMs: 0 }], new Set(), at(1));
  absences.update([], new Set(), at(2));
  expect(absences.count('i')).toBe(0);
});
