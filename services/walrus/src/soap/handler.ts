import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentCorrelationId, newCorrelationId, type HttpHandler, type Metrics } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { ReplayCache } from '@mallee/ws-security';
import type { XmlElement } from '@mallee/xml';
import { S3_MOUNT_POINTS } from '@mallee/aws-signatures';
import type { S3Services } from '../s3/context.js';
import { requestChunks } from '../s3/read-request.js';
import { S3_NAMESPACE } from '../s3/xml.js';
import { BUCKET_OPERATIONS } from './bucket-operations.js';
import { envelope, send, sendFault, soapError } from './fault.js';
import { Fields, malformed } from './fields.js';
import { OBJECT_OPERATIONS } from './object-operations.js';
import type { SoapOperation } from './operation.js';
import { callRest } from './rest-call.js';
import { MAX_MESSAGE_BYTES, verifySender } from './sender.js';
import { s3Wsdl } from './wsdl.js';

export const SOAP_OPERATIONS: Readonly<Record<string, SoapOperation>> = { ...BUCKET_OPERATIONS, ...OBJECT_OPERATIONS };

/**
 * Puts the SOAP interface of S3 in front of the REST interface: a POST with a SOAPAction to a mount point, and `GET ?wsdl` there. All
 * else goes to `rest`.
 */
export function withSoap(rest: HttpHandler, services: S3Services, metrics: Metrics): HttpHandler {
  // Clients write whole seconds. A Walrus that ran before has ended earlier than in the second of this start.
  const replayCache = new ReplayCache({ startedAt: Math.floor(Date.now() / 1000) * 1000 });
  const seconds = metrics.histogram('s3_soap_seconds', 'Duration of SOAP requests.', ['operation', 'outcome']);
  return async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const mounted = S3_MOUNT_POINTS.some((point) => path === point || path === `${point}/`);
    if (mounted && request.method === 'GET' && /^wsdl(?:&|=|$)/i.test(query)) {
      send(response, 200, s3Wsdl(SOAP_OPERATIONS, `http://${request.headers.host ?? 'localhost'}${path}`));
      return;
    }
    if (!mounted || request.method !== 'POST' || request.headers['soapaction'] === undefined) {
      await rest(request, response);
      return;
    }
    const started = process.hrtime.bigint();
    const { operation, outcome } = await answer(request, response, services, replayCache);
    seconds.observe({ operation, outcome }, Number(process.hrtime.bigint() - started) / 1e9);
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  services: S3Services,
  replayCache: ReplayCache,
): Promise<{ operation: string; outcome: string }> {
  const requestId = currentCorrelationId() ?? newCorrelationId();
  response.setHeader('x-amz-request-id', requestId);
  let name = 'unknown';
  let resource = '/';
  try {
    const message = await readMessage(request, services.bodyIdleMs);
    const { holder, payload } = await verifySender(message, services.accounts, replayCache);
    const operation = operationOf(payload, request.headers['soapaction'] as string);
    name = payload.local;
    resource = resourceOf(payload);
    const who = { services, caller: holder, requestId, remoteAddress: request.socket.remoteAddress };
    const content = await operation.run(new Fields(payload, operation.fields), (call) => callRest(who, call));
    send(response, 200, envelope(responseElement(name, operation, content)));
    return { operation: name, outcome: 'ok' };
  } catch (cause) {
    const error = soapError(cause);
    const { logger } = services;
    if (error.status >= 500) logger.error({ err: cause, operation: name }, 'S3 SOAP request failed');
    else logger.info({ code: error.code, reason: error.message, operation: name }, 'S3 SOAP request refused');
    if (response.headersSent) response.destroy();
    else {
      if (!request.complete) response.setHeader('connection', 'close');
      sendFault(response, error, resource, requestId);
    }
    return { operation: name, outcome: error.code };
  }
}

async function readMessage(request: IncomingMessage, idleMs: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of requestChunks(request, idleMs)) {
    size += chunk.length;
    if (size > MAX_MESSAGE_BYTES) throw new MalleeError('MaxMessageLengthExceeded', 'Your request was too big.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The signed Body says what is wanted. A SOAPAction that says something else is a mistake or an attack. */
function operationOf(payload: XmlElement, soapAction: string): SoapOperation {
  const operation = Object.hasOwn(SOAP_OPERATIONS, payload.local) ? SOAP_OPERATIONS[payload.local] : undefined;
  if (payload.namespace !== S3_NAMESPACE && payload.namespace !== S3_NAMESPACE.replace(/\/$/, '')) {
    throw malformed(`${payload.local} is not in the namespace ${S3_NAMESPACE}`);
  }
  if (operation === undefined)
    throw new MalleeError('NotImplemented', `There is no operation ${payload.local.slice(0, 80)}.`);
  const action = soapAction.trim().replace(/^"|"$/g, '');
  if (action !== '' && action !== payload.local && !action.endsWith(`/${payload.local}`)) {
    throw malformed('SOAPAction names another operation');
  }
  return operation;
}

function resourceOf(payload: XmlElement): string {
  const text = (name: string): string | undefined => payload.children.find(({ local }) => local === name)?.text;
  return `/${[text('Bucket'), text('Key')].filter((part) => part !== undefined).join('/')}`.slice(0, 1200);
}

/** Each response has, as with Amazon, the result in an element of the same name. */
function responseElement(name: string, { result, resultName }: SoapOperation, content: string): string {
  const response = `${name}Response`;
  const inner = result === undefined ? '' : `<${resultName ?? response}>${content}</${resultName ?? response}>`;
  return `<${response} xmlns="${S3_NAMESPACE}">${inner}</${response}>`;
}
