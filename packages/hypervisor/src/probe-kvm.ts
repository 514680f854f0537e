import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import type { DomainType } from './domain-spec.js';

export interface KvmProbeOptions {
  readonly qemu: string;
  /** A Linux kernel with a serial console; it is booted without a root file system. */
  readonly kernel: string;
  /** Milliseconds until the guest counts as hung. */
  readonly timeoutMs: number;
}

export interface KvmProbeResult {
  readonly domainType: DomainType;
  /** One sentence for the log. */
  readonly reason: string;
}

/**
 * Texts that a kernel prints after all of its own start: it looks for its root file system, or starts init. An earlier
 * line is no proof: a nested hypervisor can let a guest begin and hang it a moment later.
 */
const KERNEL_IS_UP = /VFS: (?:Unable to mount|Cannot open) root|Run \/\S*init as init process|No working init found/;
const KEPT_CHARACTERS = 64 * 1024;

/**
 * Boots a real kernel with `-accel kvm` and waits for the end of its start. The presence of /dev/kvm proves nothing:
 * inside another virtual machine it can exist and still hang an ordinary guest.
 */
export async function probeKvm(options: KvmProbeOptions): Promise<KvmProbeResult> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return { domainType: 'qemu', reason: '/dev/kvm is missing or not accessible' };
  }
  const outcome = await bootOnce(options);
  if (outcome === 'up') return { domainType: 'kvm', reason: 'a kernel booted with hardware virtualisation' };
  return { domainType: 'qemu', reason: outcome };
}

async function bootOnce({ qemu, kernel, timeoutMs }: KvmProbeOptions): Promise<string> {
  return await new Promise<string>((resolve) => {
    const child = spawn(qemu, probeArguments(kernel), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let console = '';
    let complaint = '';
    const end = (outcome: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      end(`a kernel booted with -accel kvm did not come up within ${timeoutMs} ms (last: ${lastLine(console)})`);
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      console = (console + text).slice(-KEPT_CHARACTERS);
      if (KERNEL_IS_UP.test(console)) end('up');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000);
    });
    child.on('error', (error) => end(`${qemu} cannot be started: ${error.message}`));
    child.on('close', () => end(`qemu with -accel kvm ended early: ${lastLine(complaint || console)}`));
  });
}

function probeArguments(kernel: string): string[] {
  return [
    ...['-accel', 'kvm', '-machine', 'pc', '-cpu', 'host', '-m', '192', '-nodefaults', '-no-user-config'],
    ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-no-reboot', '-kernel', kernel],
    ...['-append', 'console=ttyS0 earlyprintk=ttyS0 panic=-1'],
  ];
}

function lastLine(text: string): string {
  const lines = text
    .replace(/[^\x20-\x7e\n]/g, '')
    .split('\n')
    .map((line) => line.trim());
  return (
    lines
      .filter((line) => line !== '')
      .at(-1)
      ?.slice(0, 200) ?? 'nothing on the console'
  );
}
