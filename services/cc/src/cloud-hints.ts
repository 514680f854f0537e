import { toMalleeError } from '@mallee/errors';
import type { Logger } from '@mallee/daemon';
import type { SoapClient } from '@mallee/soap-rpc';
import type { MalleeExtensionOperations } from '@mallee/wsdl-types';

const GATHER_MS = 30;
const MAX_SUBJECTS = 256;

/** Tells the CLC that something changed, so that it polls now. Gathers what happens together; a lost hint costs one poll. */
export class CloudHints {
  readonly #client: Pick<SoapClient<MalleeExtensionOperations>, 'call'>;
  readonly #source: string;
  readonly #logger: Logger;
  readonly #subjects = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** `source` names this cluster in the hint. */
  constructor(client: Pick<SoapClient<MalleeExtensionOperations>, 'call'>, source: string, logger: Logger) {
    this.#client = client;
    this.#source = source;
    this.#logger = logger;
  }

  /** `subjects`: ids of instances that changed; none: something else did (a node). */
  send(...subjects: string[]): void {
    for (const subject of subjects) this.#subjects.add(subject);
    this.#timer ??= setTimeout(() => void this.#flush(), GATHER_MS).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async #flush(): Promise<void> {
    this.#timer = undefined;
    const subjects = [...this.#subjects].slice(0, MAX_SUBJECTS);
    this.#subjects.clear();
    try {
      await this.#client.call('Hint', { source: this.#source, subjects, userId: 'eucalyptus' }, { timeoutMs: 3000 });
    } catch (error) {
      this.#logger.debug({ reason: toMalleeError(error).message }, 'the cloud controller did not take a hint');
    }
  }
}
