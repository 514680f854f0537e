import type { Queryable } from '@mallee/database';
import { splitCertificates, type Logger } from '@mallee/daemon';
import { listComponents, type Component, type ComponentType } from './registry.js';

/**
 * Certificates of the registered components, kept in memory because a SOAP endpoint asks for them at each message. It is
 * read again at start, after every registration, and every few seconds for what another replica registered.
 */
export class RegisteredCertificates {
  readonly #database: Queryable;
  readonly #logger: Logger;
  #components: readonly Component[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Queryable, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  async start(intervalMs = 5_000): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => {
      this.refresh().catch((error: unknown) => this.#logger.warn({ err: error }, 'could not read the components'));
    }, intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async refresh(): Promise<void> {
    this.#components = await listComponents(this.#database);
  }

  of(type: ComponentType): string[] {
    return this.#components
      .filter((one) => one.type === type)
      .flatMap(({ certificate }) => splitCertificates(certificate));
  }

  /** The component of a type that a certificate is registered for. */
  find(type: ComponentType, certificate: string): Component | undefined {
    return this.#components.find(
      (one) => one.type === type && splitCertificates(one.certificate).some((known) => samePem(known, certificate)),
    );
  }
}

function samePem(a: string, b: string): boolean {
  const bare = (text: string): string => text.replace(/\s+/g, '');
  return bare(a) === bare(b);
}
