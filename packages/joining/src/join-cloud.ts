import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { createSigningRequest } from '@mallee/certificates';
import { replaceFile } from '@mallee/durable-files';
import { isMalleeError, MalleeError } from '@mallee/errors';
import { filesOf, renderConfig, type HostSettings, type Places } from './component-config.js';
import { readJoinRecord, type JoinRecord } from './join-record.js';
import { joinAnswerSchema, JOIN_PATH, type JoinAnswer, type JoinRequest } from './messages.js';
import { ensureOwnKey } from './own-key.js';
import { connectPinned, type PinnedConnection } from './pinned-post.js';
import { daemonOf, defaultPort, type JoinRole } from './roles.js';
import { parseToken, type JoinToken } from './token.js';

export interface JoinOptions {
  readonly token: string;
  readonly places: (role: JoinRole) => Places;
  readonly name?: string;
  /** What the other daemons shall call this host by; absent: its own address on the way to the endpoint. */
  readonly address?: string;
  readonly port?: number;
  /** Whether the new daemon shall listen with TLS. */
  readonly tls: boolean;
  readonly settings: HostSettings;
}

export interface Joined {
  readonly role: JoinRole;
  readonly name: string;
  readonly configFile: string;
  /** The token had been used for this directory before; nothing was changed. */
  readonly already: boolean;
}

/**
 * Joins the cloud that made the token: makes a key that never leaves this host, proves it to the endpoint of the token, and writes the
 * configuration of the new daemon. Whatever interrupts it, the same call goes on from there: the key is kept, and the endpoint gives its
 * answer again to whoever holds that key.
 * @throws Joining.*
 */
export async function joinCloud(options: JoinOptions): Promise<Joined> {
  const token = parseToken(options.token);
  const { role } = token;
  checkSettings(role, options.settings);
  const places = options.places(role);
  const files = filesOf(places.directory, role);
  const record = readJoinRecord(files.record);
  if (record?.stage === 'joined' && record.token === token.id) {
    return { role, name: record.name ?? '', configFile: files.config, already: true };
  }
  // A configuration beside the record of this very token was written just before an interrupt.
  if (existsSync(files.config) && record?.token !== token.id) {
    throw new MalleeError('Joining.Occupied', `${places.directory} holds a component already`);
  }
  const connection = await connectFirst(token);
  try {
    const answer = await ask(connection, token, options, places);
    await writeComponent(answer, token, options, places);
    return { role, name: answer.name, configFile: files.config, already: false };
  } finally {
    connection.close();
  }
}

/** What only the operator knows must be there before a token is used up. */
function checkSettings(role: JoinRole, { databaseUrl, queueUrl }: HostSettings): void {
  if (role !== 'node' && databaseUrl === undefined) {
    throw new MalleeError('MissingParameter', `a ${role} needs PostgreSQL: --database-url`);
  }
  if (role === 'cluster' && queueUrl === undefined) {
    throw new MalleeError('MissingParameter', 'a cluster needs Redis or PostgreSQL for its queue: --queue-url');
  }
}

/** The first endpoint of the token that answers. One that answers as somebody else ends it: it is no matter of the network. */
async function connectFirst({ urls, pin }: JoinToken): Promise<PinnedConnection> {
  let last: unknown;
  for (const url of urls) {
    try {
      return await connectPinned({ url, pins: [pin] });
    } catch (error) {
      if (!isMalleeError(error) || error.code !== 'Joining.Unreachable') throw error;
      last = error;
    }
  }
  throw last;
}

async function ask(
  connection: PinnedConnection,
  token: JoinToken,
  options: JoinOptions,
  places: Places,
): Promise<JoinAnswer> {
  const { id, secret, role } = token;
  const files = filesOf(places.directory, role);
  await mkdir(places.directory, { recursive: true, mode: 0o700 });
  const commonName = `${daemonOf[role]}-${options.name ?? hostname()}`.slice(0, 64);
  const { privateKeyPem, certificatePem } = await ensureOwnKey(files, commonName);
  if (role === 'walrus') await ensureOwnKey(files.imageKey, 'image');
  await writeRecord(files.record, { token: id, role, stage: 'asked', urls: token.urls, pin: token.pin });
  const request: JoinRequest = {
    id,
    secret,
    role,
    certificate: certificatePem,
    signingRequest: createSigningRequest({ privateKeyPem, commonName, challenge: id }),
    ...(options.name === undefined ? {} : { name: options.name }),
    host: options.address ?? connection.localAddress,
    port: options.port ?? defaultPort[role],
    tls: options.tls,
    time: new Date().toISOString(),
  };
  const answer = joinAnswerSchema.safeParse(await connection.post(JOIN_PATH, request));
  if (answer.success && answer.data.role === role) return answer.data;
  throw new MalleeError('Joining.NotOffered', 'the endpoint answered something else than a registration');
}

async function writeComponent(
  answer: JoinAnswer,
  token: JoinToken,
  options: JoinOptions,
  places: Places,
): Promise<void> {
  const files = filesOf(places.directory, answer.role);
  const trusted = answer.role === 'node' ? answer.clusterCertificates : answer.cloudCertificates;
  await mkdir(dirname(files.trust), { recursive: true, mode: 0o700 });
  await replaceFile(files.trust, trusted.join(''));
  const config = renderConfig(answer, options.settings, places);
  await replaceFile(files.config, `${JSON.stringify(config, null, 2)}\n`);
  const { id, role, urls, pin } = token;
  await writeRecord(files.record, { token: id, role, stage: 'joined', urls, pin, name: answer.name });
}

async function writeRecord(file: string, record: JoinRecord): Promise<void> {
  await replaceFile(file, `${JSON.stringify(record, null, 2)}\n`);
}
