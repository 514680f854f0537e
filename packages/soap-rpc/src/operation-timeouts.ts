const SECOND = 1000;
/** The operations without a line below: what a CC gives a node per call (OP_TIMEOUT_PERNODE of the original). */
const DEFAULT = 20 * SECOND;

/**
 * How long a whole call may take, in milliseconds. The originals give a node 20 s per call, from 4.x on 180 s to attach or detach a
 * volume, and a CC 60 s; a call that makes the peer call others waits a little longer than those calls may take.
 */
export const operationTimeouts: Readonly<Record<string, number>> = {
  // NC
  ncAttachVolume: 180 * SECOND,
  ncDetachVolume: 180 * SECOND,
  // The original means 20 s and gives 5 s, by starting its budget at 0.
  ncGetConsoleOutput: 20 * SECOND,
  // CC: each of these asks a node, RunInstances and TerminateInstances perhaps several.
  AttachVolume: 190 * SECOND,
  DetachVolume: 190 * SECOND,
  RunInstances: 60 * SECOND,
  TerminateInstances: 60 * SECOND,
  RebootInstances: 60 * SECOND,
  GetConsoleOutput: 30 * SECOND,
  BundleInstance: 30 * SECOND,
  CancelBundleTask: 30 * SECOND,
  StartNetwork: 60 * SECOND,
  StopNetwork: 60 * SECOND,
  // SC, called while a node attaches
  ExportVolume: 120 * SECOND,
  UnexportVolume: 120 * SECOND,
  // GL
  GetKeys: 20 * SECOND,
  GetLogs: 60 * SECOND,
  // A hint that is late is of no use.
  Hint: 5 * SECOND,
};

export interface TimeoutOptions {
  readonly timeoutMs?: number | undefined;
  readonly timeouts?: Readonly<Record<string, number>> | undefined;
}

/** The time for one call: what `timeouts` says of the operation, else `timeoutMs`, else the table. */
export function timeoutOf(operation: string, options: TimeoutOptions): number {
  const named = options.timeouts === undefined ? undefined : own(options.timeouts, operation);
  return named ?? options.timeoutMs ?? own(operationTimeouts, operation) ?? DEFAULT;
}

function own(table: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
