import { describe, expect, it, test } from '@jest/globals';
import { MalleeError } from '@mallee/errors';
import {
  decodeMessage,
  encodeMessage,
  EucalyptusCC_2_0,
  EucalyptusCC_4_4,
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  EucalyptusSC_4_4,
  type FieldTable,
  type MessageTable,
} from '@mallee/wsdl-types';
import { parseXml } from '@mallee/xml';
import { failureReply } from './base-message.js';

const error = new MalleeError('Node.UnknownInstance', 'no such instance');
const services = [EucalyptusCC_2_0, EucalyptusCC_4_4, EucalyptusNC_2_0, EucalyptusNC_4_4];
const operations = services.flatMap((service) =>
  Object.values(service.operations).map(
    (operation) => [service.name, service.dialect, operation.name, operation] as const,
  ),
);

/** The table of a message without the permission to leave things out that return=false gives. */
function strict(table: MessageTable): MessageTable {
  const fields = table.type.fields.map((one): FieldTable => (one.name === 'return' ? { ...one, type: 'string' } : one));
  return { ...table, type: { ...table.type, fields } };
}

describe('the reply that reports a failure', () => {
  test.each(operations)('%s %s %s has every required element, in order', (_service, _dialect, _name, { response }) => {
    const reply = failureReply(response, { instanceId: 'i-1', correlationId: 'c', userId: 'u' }, error);
    const read = decodeMessage(strict(response), parseXml(encodeMessage(response, reply!)));
    expect(read).toMatchObject({ return: 'false', correlationId: 'c', userId: 'u' });
  });

  const failed = (service: typeof EucalyptusNC_2_0, name: string): string =>
    encodeMessage(
      service.operations[name]!.response,
      failureReply(service.operations[name]!.response, { userId: 'u' }, error)!,
    )
      .replace(/^<[^>]*>|<[^>]*>$/g, '')
      .replaceAll('n:', '');

  it('of a node of 2.0 has a number for a status, after return', () => {
    expect(failed(EucalyptusNC_2_0, 'ncStartNetwork')).toBe(
      '<userId>u</userId><return>false</return><statusMessage>2</statusMessage>',
    );
  });

  it('of a node of 4.4 has words for a status, before return', () => {
    expect(failed(EucalyptusNC_4_4, 'ncStartNetwork')).toBe(
      '<userId>u</userId><statusMessage>Node.UnknownInstance: no such instance</statusMessage><return>false</return>',
    );
  });

  it.each([EucalyptusNC_2_0, EucalyptusNC_4_4])('of a reboot says true: the status is a return code', (service) => {
    expect(failed(service, 'ncRebootInstance')).toContain('<return>false</return>');
    expect(failed(service, 'ncRebootInstance')).toMatch(/<status>true<\/status>$/);
  });

  it('does not exist where replies have no return', () => {
    expect(failureReply(EucalyptusSC_4_4.operations['ExportVolume']!.response, {}, error)).toBeUndefined();
  });
});
