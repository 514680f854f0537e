import { runOrThrow, type Exec } from './exec.js';

/** Loads a whole rule document in one transaction. */
export interface FilterDriver {
  apply(document: string): Promise<void>;
  /** Whether the table (family ip) is there; another tool may have flushed everything. */
  has(table: string): Promise<boolean>;
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

  async has(table: string): Promise<boolean> {
    return (await this.#exec.run(['nft', '-t', 'list', 'table', 'ip', table])).code === 0;
  }
}

/** FilterDriver for tests: keeps the documents. */
export class RecordingFilterDriver implements FilterDriver {
  readonly documents: string[] = [];

  apply(document: string): Promise<void> {
    this.documents.push(document);
    return Promise.resolve();
  }

  has(table: string): Promise<boolean> {
    return Promise.resolve(this.documents.at(-1)?.includes(`table ip ${table} `) ?? false);
  }
}
