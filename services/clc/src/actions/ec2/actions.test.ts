import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { configurationActions } from '../configuration/index.js';
import { stsActions } from '../sts/index.js';
import { actionReference } from '../../ec2/action-reference.js';
import { ec2Actions } from './index.js';

const all = [...ec2Actions.values(), ...stsActions.values(), ...configurationActions.values()];

test('every action says who may call it, how it is measured and what it does', () => {
  for (const action of all) {
    expect(['user', 'cloud-admin']).toContain(action.authorization);
    expect(action.metric).toBe(action.name);
    expect(action.summary).toMatch(/^[A-Z`a-z].{10,}\.$/);
    expect(action.summary.length).toBeLessThan(140);
  }
  expect(new Set(all.map((action) => action.name)).size).toBe(all.length);
});

test('the actions of the admin service are for administrators of the cloud', () => {
  for (const action of configurationActions.values()) expect(action.authorization).toBe('cloud-admin');
});

test('each file of this folder is one registered action of the same name', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => /^[A-Z]\w+\.ts$/.test(file))
    .map((file) => file.slice(0, -3));
  expect([...ec2Actions.keys()].sort()).toEqual(files.sort());
});

test('every action is exercised through the listener by a test of this folder', () => {
  const tests = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('\n');
  for (const name of ec2Actions.keys()) expect(tests).toContain(`${name}Command`);
});

test('docs/reference/ec2-actions.md lists exactly the actions served', () => {
  const file = join(import.meta.dirname, '../../../../../docs/reference/ec2-actions.md');
  expect(readFileSync(file, 'utf8')).toBe(actionReference());
});
