import type { WsdlModel } from '../wsdl/model.js';
import { renderServices } from './render-services.js';
import { renderTables } from './render-tables.js';
import { renderTypes } from './render-types.js';
import { dialectSuffix, type WsdlSource } from './sources.js';

/** A generated file: path under `src/generated/`, and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** All generated files; the same models always give the same text. */
export function generate(models: readonly (WsdlSource & { readonly model: WsdlModel })[]): readonly GeneratedFile[] {
  const files = models.flatMap(({ dialect, file, model }) => {
    const header = banner(`wsdl/${dialect}/${file}.wsdl`);
    const suffix = dialectSuffix(dialect);
    const imports = "import type { ServiceTable, TypeTable } from '../../table.js';\n\n";
    return [
      { path: `${dialect}/${file}.types.ts`, text: `${header}\n${renderTypes(model, suffix)}` },
      {
        path: `${dialect}/${file}.tables.ts`,
        text: `${header}\n${imports}${renderTables(model, { dialect, file }, suffix)}`,
      },
    ];
  });
  return [
    ...files,
    { path: 'services.ts', text: `${banner('wsdl/')}\n${renderServices(models)}` },
    { path: 'index.ts', text: renderIndex(models) },
  ];
}

function renderIndex(models: readonly (WsdlSource & { readonly model: WsdlModel })[]): string {
  const lines = models.map(({ dialect, file, model }) => {
    const suffix = dialectSuffix(dialect);
    const types = `./${dialect}/${file}.types.js`;
    return `export { ${model.service.name}${suffix} } from './${dialect}/${file}.tables.js';
export type { ${model.service.name}Operations${suffix} } from '${types}';
export type * as ${model.service.name}Types${suffix} from '${types}';
`;
  });
  return `${banner('wsdl/')}\n${lines.join('')}`;
}

function banner(source: string): string {
  return `// Generated from ${source} by \`npm run generate\`; do not edit.\n`;
}
