import { readFileSync } from 'node:fs';
import { MalleeError } from '@mallee/errors';
import type { ServiceTable } from './table.js';

/** The WSDL document of a generated service, as a daemon answers it to `?wsdl`. */
export function wsdlText(service: ServiceTable): string {
  if (service.document === undefined) throw new MalleeError('Configuration.Invalid', `${service.name} has no WSDL`);
  return readFileSync(new URL(`../wsdl/${service.document}`, import.meta.url), 'utf8');
}
