import type { ServerResponse } from 'node:http';
import { MalleeError, toMalleeError } from '@mallee/errors';
import { escapeText } from '@mallee/xml';
import { toS3Error } from '../s3/error-response.js';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

/** An envelope around the content of a Body. */
export function envelope(content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
}

/** The error that a user is told: failures of the signature are errors of S3, too. */
export function soapError(cause: unknown): MalleeError {
  const typed = toMalleeError(cause);
  if (!typed.code.startsWith('Wire.')) return toS3Error(cause);
  if (typed.code === 'Wire.Expired' || typed.code === 'Wire.ClockSkew') {
    return new MalleeError('RequestTimeTooSkewed', typed.message, { cause });
  }
  if (typed.code === 'Wire.MalformedXml' || typed.code === 'Wire.LimitExceeded') return toS3Error(cause);
  const aboutUs =
    typed.code.startsWith('Wire.Peer') || typed.code === 'Wire.BadReply' || typed.code === 'Wire.TlsPinMismatch';
  return aboutUs ? toS3Error(cause) : new MalleeError('InvalidSecurity', typed.message, { cause });
}

/** A SOAP 1.1 fault as S3 writes it: `soapenv:Client.NoSuchBucket`. */
export function sendFault(response: ServerResponse, error: MalleeError, resource: string, requestId: string): void {
  const who = error.status < 500 ? 'Client' : 'Server';
  const text = (value: string): string => escapeText(value.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '?'));
  const detail = `<Resource>${text(resource)}</Resource><RequestId>${text(requestId)}</RequestId>`;
  send(
    response,
    500,
    envelope(
      `<soapenv:Fault><faultcode>soapenv:${who}.${error.code}</faultcode><faultstring>${text(error.message)}</faultstring>` +
        `<detail>${detail}</detail></soapenv:Fault>`,
    ),
  );
}

export function send(response: ServerResponse, status: number, document: string): void {
  const body = Buffer.from(document);
  response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8', 'content-length': body.length });
  response.end(body);
}
