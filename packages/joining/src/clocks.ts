import { MalleeError } from '@mallee/errors';

/** Signed messages allow 20 s; what a request itself takes is not on the clock. */
const ALLOWED_MS = 15_000;

/** @throws Joining.ClockSkew, which states both clocks */
export function checkClocks(theirs: string, ours: number): void {
  const differs = Date.parse(theirs) - ours;
  if (Math.abs(differs) <= ALLOWED_MS) return;
  const seconds = Math.round(Math.abs(differs) / 1000);
  const which = differs < 0 ? 'behind' : 'ahead of';
  const message = `the clock of the new host (${theirs}) is ${String(seconds)} s ${which} the one here (${new Date(ours).toISOString()})`;
  throw new MalleeError('Joining.ClockSkew', message);
}
