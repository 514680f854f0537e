import { baseUrl, type DaemonName } from '@mallee/local-cloud';
import {
  encodeMessage,
  MalleeCloud,
  MalleeExtension,
  MalleeStorage,
  MalleeWalrus,
  services,
  type MessageTable,
  type ServiceTable,
  type TypeTable,
} from '@mallee/wsdl-types';
import { send } from './raw-http.js';
import type { TestCloud } from './test-cloud.js';

/** Every interface there is, whoever serves it. */
const tables: readonly ServiceTable[] = [
  ...Object.values(services).flatMap((byDialect): ServiceTable[] => Object.values(byDialect)),
  ...[MalleeCloud, MalleeExtension, MalleeStorage, MalleeWalrus],
];

/**
 * Sends every operation of every interface to a daemon without a signature. Gives those that it carried out: HTTP 200 and not
 * return=false.
 */
export async function carriedOutUnsigned({ layout }: TestCloud, daemon: DaemonName): Promise<string[]> {
  const carriedOut = new Set<string>();
  for (const { name, path, operations } of tables) {
    for (const { name: operation, soapAction, request } of Object.values(operations)) {
      const answer = await send(baseUrl(layout, daemon) + path, {
        headers: { 'content-type': 'text/xml', soapaction: soapAction },
        body: envelope(encodeMessage(request, example(request))),
      });
      if (answer.status === 200 && !/:return>false</.test(answer.text)) carriedOut.add(`${name} ${operation}`);
    }
  }
  return [...carriedOut];
}

function envelope(content: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${content}</s:Body></s:Envelope>`;
}

/** A message with every required element. */
function example({ type }: MessageTable): object {
  const values = {
    string: 'x',
    int: 1,
    long: 1,
    boolean: true,
    double: 1,
    dateTime: '2026-01-01T00:00:00Z',
    base64: '',
  };
  const fill = (fields: TypeTable['fields']): object =>
    Object.fromEntries(
      fields
        .filter(({ min }) => min > 0)
        .map(({ name, type: one, max }) => {
          const value = typeof one === 'string' ? values[one] : fill(one.fields);
          return [name, max > 1 ? [value] : value];
        }),
    );
  return fill(type.fields);
}
