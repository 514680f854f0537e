import { join } from 'node:path';
import { startBackends } from './backends.js';
import { findProbeKernel, writeConfigs } from './configs.js';
import { ensureKeys } from './keys.js';
import { type CloudLayout, daemons, type LayoutWishes, makeLayout } from './layout.js';
import { baseUrl, startDaemon } from './processes.js';
import { type Progress, silent } from './progress.js';
import { registerComponents } from './register.js';
import { waitForCapacity } from './wait-for-capacity.js';

/** Starts everything that does not run yet and registers the components with each other. Idempotent. */
export async function bringUp(
  stateDirectory: string,
  wishes: LayoutWishes = {},
  step: Progress = silent,
): Promise<CloudLayout> {
  const layout = await makeLayout(stateDirectory, wishes);
  const backends = await startBackends(layout, step);
  await step('keys and certificates', () => ensureKeys(layout));
  writeConfigs(layout, {
    backends,
    domainType: process.env['MALLEE_DOMAIN_TYPE'] ?? 'auto',
    probeKernel: findProbeKernel(guestDirectory(layout)),
  });
  for (const name of daemons) {
    await step(`${name} at ${baseUrl(layout, name)}`, () => startDaemon(layout, name));
  }
  await step('components registered', () => registerComponents(layout));
  await step('capacity reported', (update) => waitForCapacity(layout, update));
  return layout;
}

/** Where the tiny guest image of this cloud lies. */
export function guestDirectory(layout: CloudLayout): string {
  return join(layout.stateDirectory, 'guest');
}
