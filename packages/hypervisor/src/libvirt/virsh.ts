import { MalleeError, isMalleeError } from '@mallee/errors';
import { runCommand } from '@mallee/processes';

export interface VirshOptions {
  /** libvirt connection, for example `qemu:///session` or `qemu+unix:///system?socket=/run/x/libvirt-sock`. */
  readonly uri: string;
  readonly program?: string;
  /** Milliseconds per command; default 60 000. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const UNREACHABLE =
  /failed to connect to the hypervisor|Failed to connect socket|Connection refused|End of file while reading|Cannot recv data|client socket is closed/i;
const NO_DOMAIN = /Domain not found|failed to get domain|no domain with matching/i;
const NOT_RUNNING = /domain is not running/i;

/** One `virsh` process per call, always with an explicit connection. */
export class Virsh {
  readonly uri: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  private readonly timeoutMs: number;

  constructor(options: VirshOptions) {
    this.uri = options.uri;
    this.program = options.program ?? 'virsh';
    this.env = options.env ?? {};
    this.timeoutMs = options.timeoutMs ?? 60_000;
  }

  /** @throws Node.HypervisorUnavailable, Node.DomainFailed (its cause keeps virsh's own text) */
  async run(...args: string[]): Promise<string> {
    try {
      return await runCommand(this.program, ['-c', this.uri, ...args], {
        timeoutMs: this.timeoutMs,
        env: this.env,
      });
    } catch (error) {
      throw virshError(args[0] ?? '', error);
    }
  }

  /** Like `run`, but undefined when the domain does not exist. */
  async runIfDomain(...args: string[]): Promise<string | undefined> {
    try {
      return await this.run(...args);
    } catch (error) {
      if (isMissingDomain(error)) return undefined;
      throw error;
    }
  }
}

/** True when virsh said that there is no such domain. */
export function isMissingDomain(error: unknown): boolean {
  return isMalleeError(error) && NO_DOMAIN.test(error.message);
}

/** True when virsh said that the domain does not run. */
export function isNotRunning(error: unknown): boolean {
  return isMalleeError(error) && NOT_RUNNING.test(error.message);
}

function virshError(command: string, error: unknown): unknown {
  if (!isMalleeError(error) || error.code === 'Platform.ProgramMissing') return error;
  const stderr = typeof error.details['stderr'] === 'string' ? error.details['stderr'] : error.message;
  const text = stderr
    .replaceAll(/^error: /gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const unavailable = error.code === 'Platform.Timeout' || UNREACHABLE.test(stderr);
  return new MalleeError(unavailable ? 'Node.HypervisorUnavailable' : 'Node.DomainFailed', text, {
    cause: error,
    tried: `virsh ${command}`,
  });
}
