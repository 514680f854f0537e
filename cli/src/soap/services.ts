import * as wsdlTypes from '@mallee/wsdl-types';
import type { OperationTable, ServiceTable } from '@mallee/wsdl-types';

/** One service as the command line names it, with its table in each dialect. */
export interface SoapService {
  /** `nc`, `cc`, `gl`, `sc`, `extension` ... */
  readonly name: string;
  /** By dialect: `2.0`, `4.4`, or `mallee` for our own services. */
  readonly tables: ReadonlyMap<string, ServiceTable>;
  readonly operations: readonly SoapOperation[];
  /** Undefined where the service is offered by several daemons. */
  readonly defaultPort: number | undefined;
  /** False for GL, which has no WS-Security. */
  readonly signed: boolean;
}

/** One operation with its table in each dialect that has it. */
export interface SoapOperation {
  /** `describe-resource` for ncDescribeResource. */
  readonly name: string;
  readonly wireName: string;
  readonly tables: ReadonlyMap<string, OperationTable>;
}

const PORTS: Readonly<Record<string, number>> = {
  cloud: 8773,
  cc: 8774,
  gl: 8774,
  nc: 8775,
  walrus: 8776,
  sc: 8777,
  storage: 8777,
};

/** All services of the tables of @mallee/wsdl-types, so a new table or operation needs no line here. */
export function soapServices(): SoapService[] {
  const byName = new Map<string, Map<string, ServiceTable>>();
  for (const table of Object.values(wsdlTypes).filter(isServiceTable)) {
    const name = table.name.replace(/^(Eucalyptus|Mallee)/, '').toLowerCase();
    const tables = byName.get(name) ?? new Map<string, ServiceTable>();
    byName.set(name, tables.set(table.dialect, table));
  }
  return [...byName].map(([name, tables]) => ({
    name,
    tables,
    operations: operationsOf(name, tables),
    defaultPort: PORTS[name],
    signed: name !== 'gl',
  }));
}

function isServiceTable(value: unknown): value is ServiceTable {
  return typeof value === 'object' && value !== null && 'operations' in value && 'dialect' in value;
}

function operationsOf(service: string, tables: ReadonlyMap<string, ServiceTable>): SoapOperation[] {
  const byWireName = new Map<string, Map<string, OperationTable>>();
  for (const [dialect, table] of tables) {
    for (const operation of Object.values(table.operations)) {
      const found = byWireName.get(operation.name) ?? new Map<string, OperationTable>();
      byWireName.set(operation.name, found.set(dialect, operation));
    }
  }
  return [...byWireName].map(([wireName, found]) => ({
    name: commandName(service, wireName),
    wireName,
    tables: found,
  }));
}

/** `ncDescribeResource` of nc is `describe-resource`; `GetKeys` of gl is `get-keys`. */
export function commandName(service: string, wireName: string): string {
  const own = wireName.startsWith(service) ? wireName.slice(service.length) : wireName;
  return own
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}
