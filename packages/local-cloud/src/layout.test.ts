import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { freeSubnet, makeLayout } from './layout.js';

describe('the layout of a cloud', () => {
  let scratch: ScratchDirectory;
  beforeEach(() => {
    scratch = scratchDirectory();
  });
  afterEach(() => scratch.remove());

  it('is decided once', async () => {
    const first = await makeLayout(scratch.path, { portBase: 12_340, zone: 'east' });
    expect(first).toMatchObject({ zone: 'east', ports: { clc: 12_340, metadata: 12_345 } });
    expect(await makeLayout(scratch.path, { portBase: 20_000, zone: 'west' })).toEqual(first);
  });

  it.each([
    { portBase: Number('abc') },
    { portBase: 0 },
    { portBase: 65_531 },
    { portBase: 80.5 },
    { zone: '' },
    { zone: '../x' },
  ])('is not made of %j, and nothing is written', async (wishes) => {
    await expect(makeLayout(scratch.path, wishes)).rejects.toMatchObject({ code: 'InvalidParameterValue' });
    expect(readdirSync(scratch.path)).toEqual([]);
  });

  it('takes no subnet in which the machine has an address', () => {
    const digest = Buffer.from([0, 7]);
    expect(freeSubnet(digest, [])).toBe('10.64.7.0/24');
    expect(freeSubnet(digest, ['10.64.7.1', '10.64.8.1'])).toBe('10.64.9.0/24');
  });
});
