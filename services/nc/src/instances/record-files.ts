import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@mallee/durable-files';
import { isInstanceId } from '@mallee/hypervisor';
import { instanceIdOf, instanceRecordSchema, type InstanceRecord } from './record.js';

/** Where records survive a restart. */
export interface RecordFiles {
  /** All readable records, and the names of those that are damaged. */
  load(): Promise<{ records: InstanceRecord[]; damaged: string[] }>;
  write(record: InstanceRecord): Promise<void>;
  remove(instanceId: string): Promise<void>;
}

/** One JSON file per instance, replaced as a whole: after a crash it holds the old record or the new one. */
export class JsonRecordFiles implements RecordFiles {
  private readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  async load(): Promise<{ records: InstanceRecord[]; damaged: string[] }> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const records: InstanceRecord[] = [];
    const damaged: string[] = [];
    for (const name of await readdir(this.directory)) {
      if (name.endsWith('.tmp')) {
        await rm(join(this.directory, name), { force: true });
        continue;
      }
      const instanceId = /^(.*)\.json$/.exec(name)?.[1];
      if (instanceId === undefined || !isInstanceId(instanceId)) continue;
      const record = parseRecord(await readFile(join(this.directory, name), 'utf8'));
      if (record !== undefined && instanceIdOf(record) === instanceId) records.push(record);
      else damaged.push(name);
    }
    return { records, damaged };
  }

  async write(record: InstanceRecord): Promise<void> {
    await replaceFile(this.path(instanceIdOf(record)), `${JSON.stringify(record, null, 2)}\n`);
  }

  async remove(instanceId: string): Promise<void> {
    await rm(this.path(instanceId), { force: true });
  }

  private path(instanceId: string): string {
    return join(this.directory, `${instanceId}.json`);
  }
}

/** A record in JSON text or as a value; undefined when it is not one of this version. */
export function parseRecord(source: unknown): InstanceRecord | undefined {
  let value = source;
  if (typeof source === 'string') {
    try {
      value = JSON.parse(source);
    } catch {
      return undefined;
    }
  }
  const result = instanceRecordSchema.safeParse(value);
  return result.success ? result.data : undefined;
}
