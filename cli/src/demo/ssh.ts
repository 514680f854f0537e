import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMalleeError } from '@mallee/errors';
import { findProgram, runCommand } from '@mallee/processes';
import { say } from '../progress.js';
import { demoStep, type DemoRun } from './demo-run.js';
import type { LaunchedGuests } from './instances.js';
import { waitFor } from './wait.js';

/** Logs in to the first guest with the key pair made by CreateKeyPair and shows what it says. */
export async function sshIntoGuest(run: DemoRun, guests: LaunchedGuests): Promise<void> {
  const address = guests.instances[0]?.PrivateIpAddress;
  const ssh = findProgram('ssh');
  if (run.layout.network.mode !== 'bridge' || address === undefined || ssh === undefined) {
    const why =
      ssh === undefined ? 'no ssh client is installed' : 'user-mode networking gives the host no route to guests';
    return say(`\nssh into the guest is left out: ${why}`);
  }
  const directory = mkdtempSync(join(tmpdir(), 'mallee-demo-'));
  const keyFile = join(directory, 'key.pem');
  writeFileSync(keyFile, guests.privateKey, { mode: 0o600 });
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'ConnectTimeout=10',
    'LogLevel=ERROR',
  ];
  const args = [
    '-i',
    keyFile,
    ...options.flatMap((option) => ['-o', option]),
    `root@${address}`,
    'uname -a; hostname; uptime',
  ];
  try {
    say(`\n$ ssh -i KEY root@${address}`);
    const output = await demoStep(run, 'logged in with the injected key', undefined, () =>
      waitFor(`an ssh login at ${address}`, 120_000, async () => {
        try {
          return await runCommand(ssh, args, { timeoutMs: 30_000 });
        } catch (error) {
          if (isMalleeError(error) && error.code === 'Platform.CommandFailed') return undefined;
          throw error;
        }
      }),
    );
    say(indent(output));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function indent(text: string): string {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => `    | ${line}`)
    .join('\n');
}
