import type { WsdlModel } from '../wsdl/model.js';
import { dialectSuffix, OWN_DIALECT, type WsdlSource } from './sources.js';

type Source = WsdlSource & { readonly model: WsdlModel };

/** The registry of the original's services: their tables by service name and dialect. */
export function renderServices(models: readonly Source[]): string {
  const originals = models.filter(({ dialect }) => dialect !== OWN_DIALECT);
  const dialects = [...new Set(originals.map(({ dialect }) => dialect))];
  const names = [...new Set(originals.map(({ model }) => model.service.name))];
  const imports = originals.map(
    (source) => `import { ${tableName(source)} } from './${source.dialect}/${source.file}.tables.js';\n`,
  );
  const entries = names.map((name) => {
    const ofService = originals.filter(({ model }) => model.service.name === name);
    const tables = ofService.map((source) => `'${source.dialect}': ${tableName(source)}`);
    return `  ${name}: { ${tables.join(', ')} },\n`;
  });
  return `import type { ServiceTable } from '../table.js';
${imports.join('')}
/** The interfaces of the original that Mallee speaks, by the release that has them. */
export type Dialect = ${dialects.map((dialect) => `'${dialect}'`).join(' | ')};

export const dialects: readonly Dialect[] = [${dialects.map((dialect) => `'${dialect}'`).join(', ')}];

/** The tables of the original's services, by service and dialect. Not every service is in every dialect. */
export const services = {
${entries.join('')}} as const satisfies Readonly<Record<string, Readonly<Partial<Record<Dialect, ServiceTable>>>>>;

export type ServiceName = keyof typeof services;
`;
}

function tableName({ dialect, model }: Source): string {
  return `${model.service.name}${dialectSuffix(dialect)}`;
}
