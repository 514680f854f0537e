import type { Caller } from '../identity/caller.js';
import { normaliseId } from '../identity/ids.js';

/** Which rows a Describe looks at. */
export interface Scope {
  /** Undefined: those of every account. */
  readonly accountId: string | undefined;
  /** Empty: all within the account. */
  readonly ids: readonly string[];
}

/**
 * A user sees the account's own resources. An administrator of the cloud sees those of others when they are named, or all
 * of them with the id `verbose`, as in later versions of the original.
 */
export function scopeOf(caller: Caller, given: readonly string[]): Scope {
  const ids = [...new Set(given.filter((id) => id !== 'verbose').map(normaliseId))];
  const everything = caller.isAdmin && (ids.length > 0 || given.includes('verbose'));
  return { accountId: everything ? undefined : caller.accountId, ids };
}

/** For an action on one named resource: `verbose` is a name like any other here. */
export function namedScope(caller: Caller, given: string): Scope {
  return { accountId: caller.isAdmin ? undefined : caller.accountId, ids: [normaliseId(given)] };
}
