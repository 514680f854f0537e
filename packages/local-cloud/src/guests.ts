import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LibvirtDriver } from '@mallee/hypervisor';
import { startLibvirtd } from '@mallee/private-services';
import { findProgram, runCommand } from '@mallee/processes';
import { type CloudLayout, treeTop } from './layout.js';
import { configFile } from './processes.js';

/** Ids of the guests of this cloud that run now. Starts the private libvirtd if it is down: it alone knows them. */
export async function runningGuests(layout: CloudLayout): Promise<string[]> {
  const domains = await (await driver(layout)).list();
  return domains.filter(({ state }) => state !== 'stopped').map(({ instanceId }) => instanceId);
}

/** Ends and forgets every domain of this cloud. */
export async function endGuests(layout: CloudLayout): Promise<void> {
  const hypervisor = await driver(layout);
  for (const { instanceId } of await hypervisor.list()) await hypervisor.destroy(instanceId);
}

/** Takes bridge, DHCP server and packet filter tables of this cloud off the machine. */
export async function removeNetwork(layout: CloudLayout): Promise<void> {
  // Without its configuration the cluster controller has never run and made nothing.
  if (layout.network.mode !== 'bridge' || !existsSync(configFile(layout, 'cc'))) return;
  const remover = join(treeTop, 'services', 'cc', 'dist', 'remove-network.js');
  await runCommand(process.execPath, [remover, '--config', configFile(layout, 'cc')]);
  // The node controller's table with the metadata redirect; "add" first makes the deletion idempotent.
  const table = `ip mallee_nc_${layout.tag}`;
  await runCommand(findProgram('nft') ?? 'nft', ['-f', '-'], { input: `add table ${table}\ndelete table ${table}\n` });
}

async function driver(layout: CloudLayout): Promise<LibvirtDriver> {
  const given = process.env['MALLEE_LIBVIRT_URI'];
  const uri = given ?? (await startLibvirtd({ directory: join(layout.stateDirectory, 'libvirt') })).uri;
  return new LibvirtDriver({ uri, tag: layout.tag, domainType: 'qemu' });
}
