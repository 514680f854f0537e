import { MalleeError } from '@mallee/errors';
import { KeyedQueue } from './keyed-queue.js';
import { afterEvent, type InstanceEvent } from './lifecycle.js';
import { instanceIdOf, type InstanceRecord } from './record.js';
import type { RecordFiles } from './record-files.js';

/**
 * All instances of the node: in memory for reading, in files before any change counts. Changes of one instance happen one
 * after another.
 */
export class InstanceTable {
  private readonly records = new Map<string, InstanceRecord>();
  private readonly writes = new KeyedQueue();
  private readonly listeners = new Set<(record: InstanceRecord) => void>();
  private readonly files: RecordFiles;

  constructor(files: RecordFiles) {
    this.files = files;
  }

  /** Reads the records of an earlier run; returns the names of damaged files, which are left alone. */
  async load(): Promise<string[]> {
    const { records, damaged } = await this.files.load();
    for (const record of records) this.records.set(instanceIdOf(record), record);
    return damaged;
  }

  /** Calls `listener` after an instance appeared or changed its state. */
  onStateChange(listener: (record: InstanceRecord) => void): void {
    this.listeners.add(listener);
  }

  find(instanceId: string): InstanceRecord | undefined {
    return this.records.get(instanceId);
  }

  /** @throws Node.UnknownInstance */
  get(instanceId: string): InstanceRecord {
    const record = this.records.get(instanceId);
    if (record === undefined) {
      throw new MalleeError('Node.UnknownInstance', `this node does not know instance ${instanceId.slice(0, 40)}`);
    }
    return record;
  }

  all(): InstanceRecord[] {
    return [...this.records.values()];
  }

  /**
   * Takes a new instance on. It counts at once, so that two launches cannot both take the last free place; if its record
   * cannot be written it is gone again.
   */
  async add(record: InstanceRecord): Promise<void> {
    const id = instanceIdOf(record);
    if (this.records.has(id)) throw new MalleeError('Node.DuplicateInstance', `instance ${id} exists on this node`);
    this.records.set(id, record);
    try {
      await this.writes.run(id, () => this.files.write(record));
    } catch (error) {
      this.records.delete(id);
      throw error;
    }
    this.notify(record);
  }

  /** The record after the event, or undefined when the event does not apply to the state it found. */
  async apply(instanceId: string, event: InstanceEvent): Promise<InstanceRecord | undefined> {
    return await this.writes.run(instanceId, async () => {
      const record = this.records.get(instanceId);
      const next = record === undefined ? undefined : afterEvent(record, event);
      if (record === undefined || next === undefined) return undefined;
      await this.files.write(next);
      this.records.set(instanceId, next);
      if (next.state !== record.state) this.notify(next);
      return next;
    });
  }

  async forget(instanceId: string): Promise<void> {
    await this.writes.run(instanceId, async () => {
      await this.files.remove(instanceId);
      this.records.delete(instanceId);
    });
  }

  private notify(record: InstanceRecord): void {
    for (const listener of this.listeners) listener(record);
  }
}
