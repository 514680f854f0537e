import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { initiatorName } from './initiator-name.js';
import { NodeState } from './node-state.js';

let scratch: ScratchDirectory;
beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => scratch.remove());

describe('the state of the node', () => {
  it('is in use to begin with, and survives a restart', async () => {
    const file = join(scratch.path, 'node.json');
    const first = await NodeState.open(file);
    expect(first.enabled).toBe(true);
    await first.enable(false);
    expect([first.enabled, (await NodeState.open(file)).enabled]).toEqual([false, false]);
  });

  it.each(['', '{}', '{"enabled":"no"}'])('is not guessed from a damaged file: %s', async (text) => {
    const file = join(scratch.path, 'node.json');
    writeFileSync(file, text);
    await expect(NodeState.open(file)).rejects.toMatchObject({ code: 'Configuration.Invalid' });
  });
});

describe('the iSCSI name', () => {
  it('is that of open-iscsi, or empty', async () => {
    const file = join(scratch.path, 'initiatorname.iscsi');
    expect(await initiatorName(file)).toBe('');
    writeFileSync(file, '## a comment\nInitiatorName=iqn.1993-08.org.debian:01:abcdef\n');
    expect(await initiatorName(file)).toBe('iqn.1993-08.org.debian:01:abcdef');
  });
});
