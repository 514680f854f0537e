import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { exampleLaunch } from '../test-support/examples.js';
import { InstanceTable } from './instance-table.js';
import { newInstance } from './lifecycle.js';
import type { InstanceRecord } from './record.js';
import { JsonRecordFiles, type RecordFiles } from './record-files.js';

const record = newInstance(exampleLaunch(), new Date('2026-01-01T00:00:00Z'), 'some-id');
const id = record.launch.instanceId;
const reason = { code: 'x', message: '' };

describe('instance table', () => {
  let scratch: ScratchDirectory;
  beforeEach(() => {
    scratch = scratchDirectory();
  });
  afterEach(() => scratch.remove());

  async function open(files: RecordFiles = new JsonRecordFiles(scratch.path)): Promise<InstanceTable> {
    const table = new InstanceTable(files);
    await table.load();
    return table;
  }

  it('survives a restart', async () => {
    const table = await open();
    await table.add(record);
    await table.apply(id, { type: 'booting', at: new Date('2026-01-01T00:00:01Z') });
    expect((await open()).all()).toEqual(table.all());
    await table.forget(id);
    expect((await open()).all()).toEqual([]);
    expect(await readdir(scratch.path)).toEqual([]);
  });

  it('knows an instance once', async () => {
    const table = await open();
    const twice = await Promise.allSettled([table.add(record), table.add(record)]);
    expect(twice.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(() => table.get('i-FFFFFFFF')).toThrow(expect.objectContaining({ code: 'Node.UnknownInstance' }));
  });

  it('applies events one after another and refuses what does not apply', async () => {
    const table = await open();
    await table.add(record);
    const seen: string[] = [];
    table.onStateChange(({ state }) => seen.push(state));
    const at = new Date();
    const outcomes = await Promise.all([
      table.apply(id, { type: 'booting', at }),
      table.apply(id, { type: 'stopping', at, reason }),
      table.apply(id, { type: 'running', at }),
      table.apply(id, { type: 'progress', facts: { diskFormat: 'raw' } }),
    ]);
    expect(outcomes.map((outcome) => outcome?.state)).toEqual(['Booting', 'Stopping', undefined, 'Stopping']);
    expect(seen).toEqual(['Booting', 'Stopping']);
  });

  it('leaves damaged records alone and removes half-written ones', async () => {
    await writeFile(join(scratch.path, 'i-00000001.json'), '{"version":1');
    await writeFile(join(scratch.path, `${id}.json`), JSON.stringify({ ...record, version: 2 }));
    await writeFile(join(scratch.path, 'i-00000002.json.123.tmp'), '');
    await writeFile(join(scratch.path, 'notes.txt'), 'mine');
    const table = new InstanceTable(new JsonRecordFiles(scratch.path));
    expect((await table.load()).sort()).toEqual(['i-00000001.json', `${id}.json`]);
    expect(table.all()).toEqual([]);
    expect((await readdir(scratch.path)).sort()).toEqual(['i-00000001.json', `${id}.json`, 'notes.txt']);
  });

  it('does not believe a record in the file of another instance', async () => {
    await writeFile(join(scratch.path, 'i-00000001.json'), JSON.stringify(record));
    expect(await new InstanceTable(new JsonRecordFiles(scratch.path)).load()).toEqual(['i-00000001.json']);
  });

  it('changes nothing when the disk refuses', async () => {
    let broken = false;
    const good = new JsonRecordFiles(scratch.path);
    const failing: RecordFiles = {
      load: () => good.load(),
      remove: (instanceId) => good.remove(instanceId),
      write: async (one: InstanceRecord) => {
        if (broken) throw new Error('ENOSPC');
        await good.write(one);
      },
    };
    const table = await open(failing);
    await table.add(record);
    broken = true;
    await expect(table.apply(id, { type: 'booting', at: new Date() })).rejects.toThrow('ENOSPC');
    expect(table.get(id).state).toBe('Staging');
    await expect(table.add(newInstance(exampleLaunch({ instanceId: 'i-00000009' }), new Date()))).rejects.toThrow();
    expect(table.find('i-00000009')).toBeUndefined();
    expect(JSON.parse(await readFile(join(scratch.path, `${id}.json`), 'utf8'))).toMatchObject({ state: 'Staging' });
  });
});
