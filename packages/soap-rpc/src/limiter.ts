/** How many calls a peer gets at a time, and how many may wait for their turn. */
export interface LimiterSettings {
  readonly concurrency: number;
  readonly maxQueue: number;
}

interface Waiting {
  readonly id: number;
  /** After this time it is of no use any more. */
  readonly deadline: number;
}

export interface LimiterState {
  readonly active: number;
  /** In the order of arrival. */
  readonly queue: readonly Waiting[];
}

export const idleLimiter: LimiterState = { active: 0, queue: [] };

/** A call asks for its turn: it starts, or waits under its id, or there is no room to wait. */
export function enter(
  state: LimiterState,
  call: Waiting,
  settings: LimiterSettings,
): { state: LimiterState; verdict: 'start' | 'wait' | 'full' } {
  if (state.active < settings.concurrency) return { state: { ...state, active: state.active + 1 }, verdict: 'start' };
  if (state.queue.length >= settings.maxQueue) return { state, verdict: 'full' };
  return { state: { ...state, queue: [...state.queue, call] }, verdict: 'wait' };
}

/** A call that started has ended: its turn goes to the first that waits and is not too late. Those passed over are `late`. */
export function leave(
  state: LimiterState,
  now: number,
): { state: LimiterState; next: number | undefined; late: readonly number[] } {
  const index = state.queue.findIndex(({ deadline }) => deadline > now);
  const passed = index === -1 ? state.queue : state.queue.slice(0, index);
  const late = passed.map(({ id }) => id);
  const next = state.queue[index];
  if (next === undefined) return { state: { active: state.active - 1, queue: [] }, next, late };
  return { state: { active: state.active, queue: state.queue.slice(index + 1) }, next: next.id, late };
}

/** A call gives up waiting. */
export function withdraw(state: LimiterState, id: number): LimiterState {
  return { ...state, queue: state.queue.filter((one) => one.id !== id) };
}
