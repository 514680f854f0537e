// A simulated cluster as a process of its own that ends itself (SIGKILL) at a given point, once.
import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedZone, type Identity } from './simulated-zone.js';

export interface ZoneProcessOptions {
  readonly identity: Identity;
  readonly cloudCertificate: string;
  readonly port: number;
  readonly file: string;
  readonly killAt?: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as ZoneProcessOptions;
const zone = new SimulatedZone({
  ...options,
  at: async (point) => {
    if (point !== options.killAt) return;
    process.kill(process.pid, 'SIGKILL');
    await sleep(60_000);
  },
});
await zone.listen();
process.stdout.write('listening\n');
