import { runOrThrow, type Exec } from './exec.js';

/** Loads a whole rule document in one transaction. */
export interface FilterDriver {
  apply(document: string): Promise<void>;
}

/** FilterDriver by nftables. */
export class NftDriver implements FilterDriver {
  readonly #exec: Exec;

  constructor(exec: Exec) {
    this.#exec = exec;
  }

  async apply(document: string): Promise<void> {
    await runOrThrow(this.#exec, ['nft', '-f', '-'], { input: document });
  }
}

/** FilterDriver for tests: keeps the documents. */
export class RecordingFilterDriver implements FilterDriver {
  readonly documents: string[] = [];

  apply(document: string): Promise<void> {
    this.documents.push(document);
    return Promise.resolve();
  }
}
