import { stopBackends } from './backends.js';
import { endGuests, removeNetwork, runningGuests } from './guests.js';
import { type CloudLayout, daemons } from './layout.js';
import { stopDaemon } from './processes.js';
import { type Progress, silent } from './progress.js';

/**
 * Stops daemons and private servers in the reverse order of their start. Guests go on (and keep their network) unless
 * `guests` is set; the ids of those that go on are returned.
 */
export async function takeDown(
  layout: CloudLayout,
  options: { guests: boolean },
  step: Progress = silent,
): Promise<string[]> {
  for (const name of [...daemons].reverse()) {
    await step(`${name} stopped`, () => stopDaemon(layout, name));
  }
  let guests = await runningGuests(layout);
  if (guests.length > 0 && options.guests) {
    await step(`${guests.length} guest(s) ended`, () => endGuests(layout));
    guests = [];
  }
  if (guests.length === 0 && layout.network.mode === 'bridge') {
    await step('network removed', () => removeNetwork(layout));
  }
  await step('private servers stopped', () => stopBackends(layout));
  return guests;
}
