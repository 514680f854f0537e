import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { WsdlModel } from '../wsdl/model.js';
import { readWsdl } from '../wsdl/read-wsdl.js';
import { sources, type WsdlSource } from './sources.js';

/** Root folder of this package, from `src/generator` as well as from `dist/generator`. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Reads every document of the package. */
export async function loadSources(): Promise<readonly (WsdlSource & { readonly model: WsdlModel })[]> {
  return Promise.all(
    sources.map(async (source) => {
      const text = await readFile(`${packageRoot}wsdl/${source.dialect}/${source.file}.wsdl`, 'utf8');
      return { ...source, model: readWsdl(text) };
    }),
  );
}
