import { runOrThrow, type Exec } from './exec.js';

const PATH = '/proc/sys/net/ipv4/ip_forward';

/**
 * Turns IPv4 forwarding on when it is off. Returns true when it had to: the caller says so in its log, because it changes
 * the whole host. It is not turned off again, since other software may have come to need it.
 */
export async function ensureForwarding(exec: Exec): Promise<boolean> {
  // By programs, not by node:fs: /proc/sys/net shows the namespace of the process that reads it.
  const now = await runOrThrow(exec, ['cat', PATH]);
  if (now.stdout.trim() === '1') return false;
  await runOrThrow(exec, ['tee', PATH], { input: '1\n' });
  return true;
}
