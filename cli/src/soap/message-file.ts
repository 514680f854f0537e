import { readFileSync } from 'node:fs';
import { MalleeError } from '@mallee/errors';
import { usageError } from './usage-error.js';

/** A message to verify: the document, and the HTTP headers if the file has them. */
export interface MessageFile {
  readonly document: Buffer;
  readonly http: HttpHead | undefined;
}

interface HttpHead {
  readonly isRequest: boolean;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Reads a file, or standard input for `-`: the XML document alone or the whole HTTP message as it came over the wire. */
export function readMessageFile(file: string): MessageFile {
  const bytes = readInput(file);
  const end = bytes.indexOf('\r\n\r\n');
  const [start = '', ...lines] = end < 0 ? [] : bytes.subarray(0, end).toString('latin1').split('\r\n');
  const isRequest = /^POST \S+ HTTP\/1\.[01]$/.test(start);
  if (!isRequest && !/^HTTP\/1\.[01] \d{3}/.test(start)) return { document: bytes, http: undefined };
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { document: bytes.subarray(end + 4), http: { isRequest, headers } };
}

/** The content of a file, or of standard input for `-`. */
export function readInput(file: string): Buffer {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(`cannot read ${file === '-' ? 'standard input' : file}: ${reason}`);
  }
}

/** What an endpoint asks of the HTTP headers of a request (docs/reference/wire.md): the content type and a SOAPAction. */
export function checkHead({ http }: MessageFile, action: string): void {
  if (http?.isRequest !== true) return;
  const type = http.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'text/xml')
    throw new MalleeError('Wire.MalformedMessage', 'the content type is not text/xml (SOAP 1.1)');
  const soapAction = http.headers.get('soapaction');
  if (soapAction === undefined) throw new MalleeError('Wire.MalformedMessage', 'the request has no SOAPAction header');
  const named = soapAction.replace(/^"(.*)"$/, '$1');
  if (named !== '' && named !== action) {
    throw new MalleeError('Wire.PolicyViolation', `SOAPAction ${named} is not the signed action ${action}`);
  }
}
