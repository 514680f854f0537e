/** When calls to a peer that does not answer stop being tried. Times in milliseconds. */
export interface BreakerSettings {
  /** Failures in a row after which the breaker opens. */
  readonly failures: number;
  /** How long it then waits for the next try; doubled after each try that fails. */
  readonly waitMs: number;
  readonly maxWaitMs: number;
}

export const defaultBreaker: BreakerSettings = { failures: 5, waitMs: 2000, maxWaitMs: 30_000 };

/** What is known of a peer that does not answer. */
interface Trouble {
  /** Failures in a row, the time of the first of them, and what the last one said. */
  readonly failures: number;
  readonly since: number;
  readonly reason: string;
}

/**
 * Closed: calls go out. Open: none does until `retryAt`, then one, the probe, which moves `retryAt` on for itself, so that there is one
 * probe per wait even if a probe never comes back. `era` changes with every opening and closing: the failure of a call that went
 * out in an earlier era says nothing about the peer now.
 */
export type BreakerState =
  { readonly kind: 'closed'; readonly era: number; readonly trouble: Trouble | undefined } | OpenBreaker;

export interface OpenBreaker {
  readonly kind: 'open';
  readonly era: number;
  readonly trouble: Trouble;
  readonly waitMs: number;
  readonly retryAt: number;
}

/** Given to a call that may go out, to be handed back with its outcome. */
export interface BreakerTicket {
  readonly era: number;
  readonly probe: boolean;
}

/** `reached`: the peer answered, be it with a refusal. `neither`: the call was given up before that was known. */
export type BreakerOutcome =
  | { readonly kind: 'reached' }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'neither' };

export const closedBreaker: BreakerState = { kind: 'closed', era: 0, trouble: undefined };

/** Whether a call may go out now: the next state and its ticket; no ticket: it may not. */
export function admit(
  state: BreakerState,
  now: number,
): { state: BreakerState; ticket: BreakerTicket } | { state: OpenBreaker; ticket: undefined } {
  if (state.kind === 'closed') return { state, ticket: { era: state.era, probe: false } };
  if (now < state.retryAt) return { state, ticket: undefined };
  return { state: { ...state, retryAt: now + state.waitMs }, ticket: { era: state.era, probe: true } };
}

/** The state after a call with this ticket ended. */
export function settle(
  state: BreakerState,
  ticket: BreakerTicket,
  outcome: BreakerOutcome,
  now: number,
  settings: BreakerSettings,
): BreakerState {
  if (outcome.kind === 'reached') return reached(state);
  if (ticket.era !== state.era) return state;
  if (outcome.kind === 'neither') {
    return state.kind === 'open' && ticket.probe ? { ...state, retryAt: now } : state;
  }
  const { failures = 0, since = now } = state.trouble ?? {};
  const trouble = { failures: failures + 1, since, reason: outcome.reason };
  if (state.kind === 'open') {
    const waitMs = Math.min(state.waitMs * 2, settings.maxWaitMs);
    return { ...state, trouble, waitMs, retryAt: now + waitMs };
  }
  if (trouble.failures < settings.failures) return { ...state, trouble };
  const { waitMs } = settings;
  return { kind: 'open', era: state.era + 1, trouble, waitMs, retryAt: now + waitMs };
}

function reached(state: BreakerState): BreakerState {
  if (state.kind === 'open') return { kind: 'closed', era: state.era + 1, trouble: undefined };
  return state.trouble === undefined ? state : { ...state, trouble: undefined };
}
