/** The documents, by dialect. A new dialect is a folder under `wsdl/` and its lines here. */
export interface WsdlSource {
  /** Folder under `wsdl/` and under `src/generated/`. */
  readonly dialect: string;
  /** File name without extension, in both folders. */
  readonly file: string;
}

export const sources: readonly WsdlSource[] = [
  { dialect: '2.0', file: 'cc' },
  { dialect: '2.0', file: 'nc' },
  { dialect: '2.0', file: 'gl' },
  { dialect: '4.4', file: 'cc' },
  { dialect: '4.4', file: 'nc' },
  { dialect: '4.4', file: 'gl' },
  { dialect: '4.4', file: 'sc' },
  { dialect: 'mallee', file: 'extension' },
  { dialect: 'mallee', file: 'cloud' },
  { dialect: 'mallee', file: 'walrus' },
  { dialect: 'mallee', file: 'storage' },
];

/** The folder of our own services; every other folder is a dialect of the original. */
export const OWN_DIALECT = 'mallee';

/** `_2_0` for dialect 2.0; nothing for our own services, which have one dialect. */
export function dialectSuffix(dialect: string): string {
  return dialect === OWN_DIALECT ? '' : `_${dialect.replace(/\W/g, '_')}`;
}
