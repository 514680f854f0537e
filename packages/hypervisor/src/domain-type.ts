import { randomUUID } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import type { DomainType } from './domain-spec.js';
import { probeKvm, type KvmProbeOptions, type KvmProbeResult } from './probe-kvm.js';

export interface DomainTypeOptions {
  /** `auto` probes; the others are the operator's word. */
  readonly setting: 'auto' | DomainType;
  /** File in which the result of the probe is remembered. */
  readonly resultFile: string;
  readonly qemu: string;
  /** Kernel to probe with; without one the answer is `qemu`. */
  readonly kernel?: string;
  /** Default 60 000. */
  readonly timeoutMs?: number;
  /** The probe itself; replaced in tests. */
  readonly probe?: (options: KvmProbeOptions) => Promise<KvmProbeResult>;
}

export interface DomainTypeChoice {
  readonly domainType: DomainType;
  /** One sentence for the log. */
  readonly reason: string;
  readonly from: 'configuration' | 'default' | 'memory' | 'probe';
}

interface RememberedProbe {
  readonly version: 1;
  readonly identity: string;
  readonly domainType: DomainType;
  readonly reason: string;
}

/**
 * Decides between hardware virtualisation and emulation. A probe costs seconds, so its result is kept in a file together
 * with the identity of the emulator, the kernel and the host; it is done again when one of them changes.
 */
export async function chooseDomainType(options: DomainTypeOptions): Promise<DomainTypeChoice> {
  if (options.setting !== 'auto') {
    return { domainType: options.setting, reason: 'set in the configuration', from: 'configuration' };
  }
  if (options.kernel === undefined) {
    return { domainType: 'qemu', reason: 'there is no kernel to probe KVM with', from: 'default' };
  }
  const identity = await identityOf(options.qemu, options.kernel);
  const known = await readRemembered(options.resultFile);
  if (known !== undefined && known.identity === identity) {
    return { domainType: known.domainType, reason: known.reason, from: 'memory' };
  }
  const probe = options.probe ?? probeKvm;
  const result = await probe({ qemu: options.qemu, kernel: options.kernel, timeoutMs: options.timeoutMs ?? 60_000 });
  await remember(options.resultFile, { version: 1, identity, ...result });
  return { ...result, from: 'probe' };
}

async function identityOf(...files: string[]): Promise<string> {
  const parts = await Promise.all(
    files.map(async (file) => {
      try {
        const { size, mtimeMs } = await stat(file);
        return `${file}:${size}:${Math.round(mtimeMs)}`;
      } catch {
        return `${file}:missing`;
      }
    }),
  );
  return [release(), ...parts].join('|');
}

async function readRemembered(file: string): Promise<RememberedProbe | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<RememberedProbe>;
    const valid = value.version === 1 && (value.domainType === 'kvm' || value.domainType === 'qemu');
    return valid ? (value as RememberedProbe) : undefined;
  } catch {
    // Missing or damaged: probing again costs seconds, a wrong answer costs every launch.
    return undefined;
  }
}

async function remember(file: string, value: RememberedProbe): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o644 });
  await rename(temporary, file);
}
