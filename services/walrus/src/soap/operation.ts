import type { FieldRules, Fields } from './fields.js';
import type { RestCall, RestReply } from './rest-call.js';

/** Runs a REST operation as the sender of the message. */
export type Run = (call: RestCall) => Promise<RestReply>;

/** One operation of the S3 SOAP interface. */
export interface SoapOperation {
  readonly fields: FieldRules;
  /** Type of the result in the schema; absent: the response is empty. */
  readonly result?: string;
  /** Name of the element in the response that holds the result; default: that of the response. */
  readonly resultName?: string;
  /** Gives the content of the result: elements in the namespace of S3, as XML. */
  readonly run: (input: Fields, run: Run) => Promise<string>;
}

/** What is inside the root element of an answer of ours. */
export function contentOf({ body }: RestReply): string {
  const text = body.toString('utf8');
  const inside = /^<\?xml[^>]*\?>\s*<([A-Za-z]+)[^>]*?(?:\/>|>(.*)<\/\1>)\s*$/s.exec(text);
  return inside?.[2] ?? '';
}

export function statusElement(code: number, description: string): string {
  return `<Code>${code}</Code><Description>${description}</Description>`;
}
