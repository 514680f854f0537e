import type { MalleeError } from '@mallee/errors';
import type { FieldTable, MessageTable, SimpleType, TypeTable } from '@mallee/wsdl-types';
import { failureText } from './fault.js';

type Message = Readonly<Record<string, unknown>>;

/** A status number that the NC of dialect 2.0 sends with a failure. */
const FAILED_STATUS = 2;

/** What required elements hold that a failure has no value for. */
const EMPTY: Readonly<Record<SimpleType, string | number | boolean>> = {
  string: '',
  int: 0,
  long: 0,
  boolean: false,
  double: 0,
  dateTime: '1970-01-01T00:00:00Z',
  base64: '',
};

/** Elements whose empty value would say that all went well: the status of a reboot is a return code, 0 (false) is success. */
const FAILED_VALUES: Readonly<Record<string, Message>> = { ncRebootInstanceResponse: { status: true } };

export function field(type: TypeTable, name: string): FieldTable | undefined {
  return type.fields.find((one) => one.name === name);
}

/** A text property, if the message has it. */
export function textOf(message: object, name: string): string | undefined {
  const value = (message as Message)[name];
  return typeof value === 'string' ? value : undefined;
}

/** The reply of a handler with the base fields it left out: `return` true, `correlationId` and `userId` as in the request. */
export function completeReply(type: TypeTable, request: object, reply: object): object {
  return { ...echo(type, request), ...(field(type, 'return')?.type === 'boolean' ? { return: true } : {}), ...reply };
}

/**
 * The reply that reports a failure: return=false, and code and message in statusMessage where that is a text. It has every required
 * element, because an original drops a reply that lacks one, whatever it says. Undefined if the reply of the operation has no
 * `return`: then only a fault can tell.
 */
export function failureReply({ type, element }: MessageTable, request: object, error: MalleeError): object | undefined {
  if (field(type, 'return')?.type !== 'boolean') return undefined;
  const status = field(type, 'statusMessage')?.type;
  const statusMessage = status === 'string' ? failureText(error) : status === 'int' ? FAILED_STATUS : undefined;
  return {
    ...required(type, request),
    ...FAILED_VALUES[element],
    ...echo(type, request),
    ...(statusMessage === undefined ? {} : { statusMessage }),
    return: false,
  };
}

/** The required elements of a record: as in the request where that has such a text (the id of an instance), else empty. */
function required(type: TypeTable, request: object): Message {
  const filled: Record<string, unknown> = {};
  for (const one of type.fields) {
    if (one.min === 0) continue;
    const given = typeof one.type === 'string' ? emptyOf(one.name, one.type, request) : required(one.type, {});
    filled[one.name] = one.max > 1 ? [given] : given;
  }
  return filled;
}

function emptyOf(name: string, type: SimpleType, request: object): string | number | boolean {
  return (type === 'string' ? textOf(request, name) : undefined) ?? EMPTY[type];
}

function echo(type: TypeTable, request: object): Message {
  const echoed: Record<string, unknown> = {};
  for (const name of ['correlationId', 'userId']) {
    const value = textOf(request, name);
    if (value !== undefined && field(type, name)?.type === 'string') echoed[name] = value;
  }
  return echoed;
}
