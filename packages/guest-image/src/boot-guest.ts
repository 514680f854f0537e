import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';
import type { GuestImage } from './build-guest-image.js';
import { requireProgram } from '@mallee/processes';

export interface BootGuestOptions {
  readonly image: Pick<GuestImage, 'kernel' | 'ramdisk' | 'root'>;
  /** Path of a NoCloud seed disk to attach. */
  readonly seed?: string;
  /** Default 128. */
  readonly memoryMiB?: number;
  /** Host port on 127.0.0.1 that reaches port 22 of the guest. */
  readonly sshPort?: number;
  /** Program and arguments that answer the guest's connections to 169.254.169.254:80, one process per connection. */
  readonly metadataCommand?: string;
  /** Kernel arguments; default `root=/dev/vda console=ttyS0 quiet`. */
  readonly commandLine?: string;
  /** Console line to wait for; default the ready line. */
  readonly waitFor?: RegExp;
  /** Milliseconds to wait for it; default 120 000. */
  readonly timeoutMs?: number;
  readonly extraArguments?: readonly string[];
}

export interface RunningGuest {
  readonly pid: number;
  /** Milliseconds from the start of QEMU to the awaited line. */
  readonly bootMs: number;
  /** Text of the serial console so far. */
  console(): Promise<string>;
  /** The first console line that matches; throws `Platform.Timeout` with the end of the console. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Presses the ACPI power button. */
  powerButton(): Promise<void>;
  /** Resolves when QEMU has ended. */
  readonly exited: Promise<void>;
  /** Kills QEMU if it still runs and removes its files. */
  stop(): Promise<void>;
}

export const READY_LINE = /^MALLEE-GUEST ready .*$/m;

/**
 * Boots the tiny guest by bare QEMU (TCG, user-mode network, writes to the root disk thrown away at the end), for
 * tests and as the yardstick of the bench. Throws `Platform.ProgramMissing`, `Platform.Timeout`, `Platform.CommandFailed`.
 */
export async function bootGuest(options: BootGuestOptions): Promise<RunningGuest> {
  const qemu = requireProgram('qemu-system-x86_64', 'qemu-system-x86');
  const directory = await mkdtemp(join(tmpdir(), 'mallee-boot-'));
  const started = performance.now();
  const child = spawn(qemu, qemuArguments(options, directory), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TMPDIR: directory },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  let ended: string | undefined;
  const exited = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      ended ??= reason;
      resolve();
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(`qemu ended with ${code ?? signal}: ${errors}`));
  });
  const readConsole = () => readFile(join(directory, 'console'), 'latin1').catch(() => '');
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const waitForLine = (pattern: RegExp, timeoutMs = 120_000) =>
    pollConsole({ pattern, timeoutMs, readConsole, ended: () => ended });
  try {
    await waitForLine(options.waitFor ?? READY_LINE, options.timeoutMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    bootMs: performance.now() - started,
    console: readConsole,
    waitForLine,
    powerButton: () => monitorCommand(join(directory, 'monitor'), 'system_powerdown'),
    exited,
    stop,
  };
}

function qemuArguments(options: BootGuestOptions, directory: string): string[] {
  const forwards = options.sshPort === undefined ? '' : `,hostfwd=tcp:127.0.0.1:${options.sshPort}-:22`;
  const metadata =
    options.metadataCommand === undefined ? '' : `,guestfwd=tcp:169.254.169.254:80-cmd:${options.metadataCommand}`;
  const network = metadata === '' ? '' : ',net=169.254.0.0/16,dhcpstart=169.254.10.15';
  const seed =
    options.seed === undefined ? [] : ['-drive', `file=${comma(options.seed)},format=raw,if=virtio,readonly=on`];
  return [
    ...['-accel', 'tcg', '-m', String(options.memoryMiB ?? 128), '-smp', '1'],
    ...['-display', 'none', '-nodefaults', '-no-user-config', '-no-reboot'],
    ...[
      '-serial',
      `file:${join(directory, 'console')}`,
      '-monitor',
      `unix:${join(directory, 'monitor')},server=on,wait=off`,
    ],
    ...['-kernel', options.image.kernel, '-initrd', options.image.ramdisk],
    ...['-append', options.commandLine ?? 'root=/dev/vda console=ttyS0 quiet'],
    ...['-drive', `file=${comma(options.image.root)},format=raw,if=virtio,snapshot=on`],
    ...seed,
    ...['-netdev', `user,id=net0${network}${forwards}${metadata}`, '-device', 'virtio-net-pci,netdev=net0,romfile='],
    // Without it the guest waits seconds for enough entropy to make its host key.
    ...['-object', 'rng-random,id=rng0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng0'],
    ...(options.extraArguments ?? []),
  ];
}

/** QEMU option values write a comma twice. */
function comma(path: string): string {
  return path.replaceAll(',', ',,');
}

interface Poll {
  readonly pattern: RegExp;
  readonly timeoutMs: number;
  readonly readConsole: () => Promise<string>;
  readonly ended: () => string | undefined;
}

async function pollConsole({ pattern, timeoutMs, readConsole, ended }: Poll): Promise<string> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const reason = ended(); // asked before the console is read, so that the last words are not missed
    const text = (await readConsole()).replaceAll('\r', '');
    const line = text
      .split('\n')
      .slice(0, -1)
      .find((entry) => pattern.test(entry));
    if (line !== undefined) return line;
    const details = { console: text.slice(-2000) };
    if (reason !== undefined)
      throw new MalleeError('Platform.CommandFailed', reason, { tried: 'boot the guest', details });
    if (performance.now() > deadline) {
      throw new MalleeError('Platform.Timeout', `no console line matches ${pattern}; it ends: ${text.slice(-400)}`, {
        details,
      });
    }
    await sleep(50);
  }
}

async function monitorCommand(socketPath: string, command: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection(socketPath, () => socket.write(`${command}\n`));
    // The prompt comes back when the command has run.
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.split('(qemu)').length > 2) socket.end();
    });
    socket.once('close', () => resolve());
    socket.once('error', reject);
  });
}
