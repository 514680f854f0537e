/** Which surface reports a code: an AWS API with its exact code, or one of Mallee's own typed reasons. */
export type FaultFamily = 'ec2' | 's3' | 'wire' | 'joining' | 'node' | 'cluster' | 'image' | 'storage' | 'platform';

/** One kind of failure. `cause` says what happened in general, `remedy` what the reader can do about it. */
export interface CatalogueEntry {
  readonly family: FaultFamily;
  /** HTTP status of the answer that carries the code. */
  readonly status: number;
  readonly cause: string;
  readonly remedy: string;
}

/** A part of the catalogue: code to entry. */
export type CataloguePart = Readonly<Record<string, CatalogueEntry>>;
