/** Wraps one piece of work that a person may want to see: `what` names it, `update` may tell how far it is. */
export type Progress = <T>(what: string, work: (update: (detail: string) => void) => Promise<T>) => Promise<T>;

/** Shows nothing. */
export const silent: Progress = (_what, work) => work(() => undefined);
