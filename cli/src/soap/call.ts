import { newCorrelationId, withCorrelation } from '@mallee/daemon';
import { isMalleeError } from '@mallee/errors';
import { SoapClient, type SoapClientOptions, type TlsTrust, type WireMessage } from '@mallee/soap-rpc';
import { checkForOriginal, dialects, type Dialect, type OperationTable } from '@mallee/wsdl-types';
import type { IdentityPem, ProfileName, SuiteName } from '@mallee/ws-security';
import { endpointUrl } from './endpoint.js';
import { exitCodes } from './exit-codes.js';
import { readInput } from './message-file.js';
import { parseRequest, setField } from './request-fields.js';
import type { SoapOperation, SoapService } from './services.js';
import { usageError } from './usage-error.js';

export interface CallSettings {
  readonly host?: string;
  readonly url?: string;
  readonly dialect: string;
  readonly profile: ProfileName;
  readonly suite?: SuiteName;
  readonly key?: string;
  readonly cert?: string;
  readonly trust?: readonly string[];
  readonly tls?: boolean;
  readonly tlsPin?: readonly string[];
  readonly tlsCa?: readonly string[];
  readonly verifyReplies?: 'required' | 'if-signed';
  readonly json?: string;
  readonly input?: string;
  readonly set?: readonly string[];
  readonly dump?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** One call; gives the exit code. */
export async function callOperation(
  service: SoapService,
  operation: SoapOperation,
  settings: CallSettings,
): Promise<number> {
  const { dialect } = settings;
  const table = service.tables.get(dialect);
  const wire = operation.tables.get(dialect);
  if (table === undefined || wire === undefined) {
    throw usageError(`${operation.wireName} exists only in dialect ${[...operation.tables.keys()].join(', ')}`);
  }
  const request = buildRequest(wire, settings);
  const url = endpointUrl(settings, table.path, service.defaultPort);
  warnForOriginal(wire, request, settings);
  const client = new SoapClient<Record<string, { request: object; response: object }>>({
    service: table,
    url,
    timeoutMs: settings.timeout * 1000,
    keepAlive: false,
    ...security(service, settings),
    ...(url.startsWith('https:') ? { tls: tlsTrust(settings) } : {}),
    ...(settings.dump === true ? { onMessage: dump } : {}),
  });
  try {
    const reply = await withCorrelation(newCorrelationId(), () => client.call(wire.name, request));
    print(reply);
    return exitCodes.ok;
  } catch (error) {
    if (isMalleeError(error) && error.code === 'Wire.MalformedMessage') {
      throw usageError(`${error.message} (mallee soap ${service.name} ${operation.name} --help shows the fields)`);
    }
    // What a failed operation did answer belongs on standard output, too.
    const response = isMalleeError(error) ? error.details?.['response'] : undefined;
    if (response !== undefined) print(response);
    throw error;
  } finally {
    client.close();
  }
}

/** From --json or --input, then --set. The originals' own clients call as user `eucalyptus`. */
function buildRequest({ request }: OperationTable, { json, input, set = [] }: CallSettings): Record<string, unknown> {
  if (json !== undefined && input !== undefined) throw usageError('--json and --input exclude each other');
  const text = input === undefined ? json : readInput(input).toString('utf8');
  const message = text === undefined ? {} : parseRequest(text, request.type);
  for (const assignment of set) setField(message, request.type, assignment);
  const hasUser = request.type.fields.some(({ name }) => name === 'userId');
  return hasUser && message['userId'] === undefined ? { userId: 'eucalyptus', ...message } : message;
}

/** RSA-SHA1 is for originals, and some requests that fit the schema make those fail, or crash. */
function warnForOriginal(
  { request }: OperationTable,
  message: object,
  { dialect, suite, profile }: CallSettings,
): void {
  const isOriginal = suite === undefined ? profile === 'headers-only' : suite === 'rsa-sha1';
  if (!isOriginal || !isDialect(dialect)) return;
  try {
    checkForOriginal(request, message, dialect);
  } catch (error) {
    if (!isMalleeError(error)) throw error;
    process.stderr.write(`mallee: warning: ${error.code}: ${error.message}\n`);
  }
}

function isDialect(name: string): name is Dialect {
  return (dialects as readonly string[]).includes(name);
}

type Security = Pick<
  SoapClientOptions,
  'identity' | 'peerCertificates' | 'signed' | 'profile' | 'suite' | 'verifyReplies'
>;

function security(service: SoapService, settings: CallSettings): Security {
  if (!service.signed) {
    return { signed: false, identity: { privateKeyPem: '', certificatePem: '' }, peerCertificates: [] };
  }
  const { key, cert, trust = [], profile, suite, verifyReplies = 'required' } = settings;
  if (key === undefined || cert === undefined || trust.length === 0) {
    throw usageError('the call is signed: --key, --cert and --trust name PEM files');
  }
  const identity: IdentityPem = { privateKeyPem: readPem(key), certificatePem: readPem(cert) };
  const peer = { profile, verifyReplies, ...(suite === undefined ? {} : { suite }) };
  return { identity, peerCertificates: trust.map(readPem), ...peer };
}

/** Over TLS a daemon of ours shows the certificate that it signs with, so that is what is expected if nothing else is named. */
function tlsTrust({ tlsPin, tlsCa, trust = [] }: CallSettings): TlsTrust {
  const ca = tlsCa?.map(readPem);
  const pinned = (tlsPin ?? (ca === undefined ? trust : [])).map(readPem);
  return { pinnedCertificates: pinned, ...(ca === undefined ? {} : { ca }) };
}

/** The text of a PEM file. */
export function readPem(file: string): string {
  return readInput(file).toString('latin1');
}

/** On standard error, byte for byte as sent, so that it can be verified again. */
function dump({ direction, text, status }: WireMessage): void {
  process.stderr.write(`--- ${direction}${status === undefined ? '' : ` (HTTP ${status})`}\n${text}\n`);
}

function print(reply: unknown): void {
  process.stdout.write(`${JSON.stringify(reply, null, 2)}\n`);
}
