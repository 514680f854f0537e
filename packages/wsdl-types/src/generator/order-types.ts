import { unsupported } from '../wsdl/element.js';
import type { WsdlSchema, WsdlType } from '../wsdl/model.js';

/** The types named by `roots` and all they refer to, each after those it refers to. */
export function orderTypes(schema: WsdlSchema, roots: readonly string[]): readonly WsdlType[] {
  const byName = new Map(schema.types.map((type) => [type.name, type]));
  if (byName.size !== schema.types.length) throw unsupported('two types have the same name');
  const ordered: WsdlType[] = [];
  const open = new Set<string>();
  const visit = (name: string): void => {
    const type = byName.get(name);
    if (type === undefined) throw unsupported(`the type ${name} is not defined`);
    if (ordered.includes(type)) return;
    if (open.has(name)) throw unsupported(`the type ${name} contains itself`);
    open.add(name);
    referencesOf(type).forEach(visit);
    ordered.push(type);
  };
  roots.forEach(visit);
  return ordered;
}

function referencesOf(type: WsdlType): readonly string[] {
  const fields = type.fields.flatMap((field) => (field.type.kind === 'complex' ? [field.type.name] : []));
  return type.base === undefined ? fields : [type.base, ...fields];
}
