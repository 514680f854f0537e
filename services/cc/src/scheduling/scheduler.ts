/** A node as the scheduler sees it: free memory (MB), disk (GB) and cores. */
export interface Candidate {
  readonly url: string;
  readonly up: boolean;
  readonly memory: number;
  readonly disk: number;
  readonly cores: number;
}

export interface Need {
  readonly memory: number;
  readonly disk: number;
  readonly cores: number;
}

/** The chosen candidate's place in the list, and the cursor to go on from. */
export interface Choice {
  readonly index: number;
  readonly cursor: number;
}

/** Chooses among candidates in the order of the configuration; undefined when none fits. Pure. */
export type Scheduler = (candidates: readonly Candidate[], need: Need, cursor: number) => Choice | undefined;

/** A node fits when nothing would go below 0. */
export function fits(candidate: Need, need: Need): boolean {
  return candidate.memory >= need.memory && candidate.disk >= need.disk && candidate.cores >= need.cores;
}

/** The first node that is up and fits. */
export const greedy: Scheduler = (candidates, need, cursor) => {
  const index = candidates.findIndex((candidate) => candidate.up && fits(candidate, need));
  return index < 0 ? undefined : { index, cursor };
};

/** The first node from the cursor on (wrapping) that is up and fits; the next search starts behind it. */
export const roundRobin: Scheduler = (candidates, need, cursor) => {
  const count = candidates.length;
  for (let step = 0; step < count; step += 1) {
    const index = (((cursor + step) % count) + count) % count;
    const candidate = candidates[index];
    if (candidate?.up === true && fits(candidate, need)) return { index, cursor: (index + 1) % count };
  }
  return undefined;
};

export const schedulers = { GREEDY: greedy, ROUNDROBIN: roundRobin } as const satisfies Record<string, Scheduler>;

/** How many instances fit on one node alone; 0 for a need of nothing would be without end, so needs must be positive. */
export function countFitting(free: Need, need: Need): number {
  return Math.floor(Math.min(free.memory / need.memory, free.disk / need.disk, free.cores / need.cores));
}
