import type { Logger } from '@mallee/daemon';
import type { InstanceRecord } from '../instances/record.js';

/** What a hook may know and do. */
export interface LaunchContext {
  /** The record as it is now. */
  record(): InstanceRecord;
  /** Writes facts into the record, durably. */
  save(facts: Pick<InstanceRecord, 'images' | 'diskFormat'>): Promise<void>;
  /** Aborted when the instance is terminated during the launch or the time for staging is over. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * One concern of a launch. `prerun` may be repeated after a crash at any point, so it replaces what an earlier attempt
 * left; `undo` succeeds when there is nothing to undo.
 */
export interface LaunchHook {
  readonly name: string;
  prerun(context: LaunchContext): Promise<void>;
  undo(context: Pick<LaunchContext, 'record' | 'logger'>): Promise<void>;
}
