import type { MalleeError } from '@mallee/errors';
import type { FieldTable, TypeTable } from '@mallee/wsdl-types';
import { failureText } from './fault.js';

type Message = Readonly<Record<string, unknown>>;

/** A status number that the NC of dialect 2.0 sends with a failure. */
const FAILED_STATUS = 2;

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
 * The reply that reports a failure: return=false, and code and message in statusMessage where that is a text. Undefined if the reply
 * of the operation has no `return`: then only a fault can tell.
 */
export function failureReply(type: TypeTable, request: object, error: MalleeError): object | undefined {
  if (field(type, 'return')?.type !== 'boolean') return undefined;
  const status = field(type, 'statusMessage')?.type;
  const statusMessage = status === 'string' ? failureText(error) : status === 'int' ? FAILED_STATUS : undefined;
  return { ...echo(type, request), ...(statusMessage === undefined ? {} : { statusMessage }), return: false };
}

function echo(type: TypeTable, request: object): Message {
  const echoed: Record<string, unknown> = {};
  for (const name of ['correlationId', 'userId']) {
    const value = textOf(request, name);
    if (value !== undefined && field(type, name)?.type === 'string') echoed[name] = value;
  }
  return echoed;
}
