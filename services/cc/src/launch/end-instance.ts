import type { Queryable } from '@mallee/database';
import { dropReservation, freeAddress, setAddressState } from '../store/placement.js';
import { updateInstance } from '../store/instances.js';

/** Why an instance ended; null: it was asked to. */
export interface EndReason {
  readonly code: string;
  readonly message: string;
}

/**
 * Marks an instance as ended and gives its capacity back. `address`: free it when it is known that no node runs the
 * instance; else it stays taken until the node was polled twice without it, so that two guests never share it.
 */
export async function endInstance(
  db: Queryable,
  id: string,
  reason: EndReason | null,
  address: 'free' | 'release-later',
): Promise<void> {
  await updateInstance(db, id, {
    state: 'Teardown',
    absentPolls: 0,
    absentSince: null,
    reasonCode: reason?.code ?? null,
    reasonMessage: reason?.message.slice(0, 2000) ?? null,
  });
  await dropReservation(db, id);
  if (address === 'free') await freeAddress(db, id);
  else await setAddressState(db, id, 'releasing');
}
