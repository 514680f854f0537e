import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, type Logger, type Metrics } from '@mallee/daemon';
import { transaction, type Pool, type PoolClient } from '@mallee/database';
import { MalleeError, toMalleeError } from '@mallee/errors';
import type { z } from 'zod';
import { Attempts } from './attempts.js';
import { checkClocks } from './clocks.js';
import { fingerprint } from './fingerprint.js';
import {
  joinRequestSchema,
  JOIN_PATH,
  MAXIMUM_MESSAGE_BYTES,
  ROTATE_PATH,
  rotateRequestSchema,
  type JoinRequest,
  type RotateRequest,
} from './messages.js';
import { checkProof } from './proof.js';
import type { Registrar, Registrars } from './registrar.js';
import { checkRotation, rotationChallenge } from './rotation.js';
import { burnToken, lockToken } from './token-store.js';

export interface JoinEndpointOptions {
  readonly pool: Pool;
  readonly registrars: Registrars;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Takes new components: `POST /join/v1` with a token, `POST /join/v1/rotate` with a registered key. Mount it on a listener with TLS
 * only. A refusal is JSON `{ error, message }` with the status of the code.
 */
export class JoinEndpoint {
  readonly #options: JoinEndpointOptions;
  readonly #attempts = new Attempts();
  readonly #now: () => number;
  readonly #outcomes;

  constructor(options: JoinEndpointOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#outcomes = options.metrics.counter('join_requests_total', 'Requests to join, by outcome.', ['outcome']);
  }

  readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const from = request.socket.remoteAddress ?? '';
    const path = request.url ?? '';
    try {
      this.#attempts.check(from);
      if (request.method !== 'POST') throw new MalleeError('InvalidParameterValue', 'joining is a POST request');
      const body = await readBody(request, MAXIMUM_MESSAGE_BYTES);
      const answer = path === ROTATE_PATH ? await this.#rotate(body) : await this.#join(body, path);
      this.#outcomes.inc({ outcome: 'ok' });
      send(response, 200, answer);
    } catch (error) {
      const typed = toMalleeError(error, 'take a new component');
      this.#attempts.failed(from);
      this.#outcomes.inc({ outcome: typed.code });
      this.#options.logger.warn({ err: typed, from, code: typed.code }, 'request to join refused');
      const message = typed.code === 'InternalError' ? 'internal error' : typed.message;
      response.setHeader('connection', 'close');
      send(response, typed.status, { error: typed.code, message });
    }
  };

  async #join(body: Buffer, path: string): Promise<object> {
    if (path !== JOIN_PATH) throw new MalleeError('Joining.NotOffered', `nothing is served at ${path.slice(0, 100)}`);
    const given = read(body, joinRequestSchema);
    const registrar = this.#registrar(given.role);
    const request = { ...given, certificate: checkProof(given.certificate, given.signingRequest, given.id) };
    const { answer, fresh } = await transaction(this.#options.pool, (client) =>
      this.#redeem(client, request, registrar),
    );
    if (fresh) await this.#registered(registrar, request.role, answer);
    return answer;
  }

  async #redeem(
    client: PoolClient,
    request: JoinRequest,
    registrar: Registrar,
  ): Promise<{ answer: object; fresh: boolean }> {
    const { id, secret, role, name, host, port, tls } = request;
    const certificate = fingerprint(request.certificate);
    const token = await lockToken(client, { id, secret, role, certificate });
    // After the token: a stranger learns nothing here, also not the time.
    checkClocks(request.time, this.#now());
    if (token.answer !== undefined) return { answer: token.answer, fresh: false };
    const newcomer = { role, cluster: token.cluster, name, host, port, tls, certificate: request.certificate };
    const answer = await registrar.register(client, newcomer);
    await burnToken(client, id, certificate, answer);
    return { answer, fresh: true };
  }

  async #rotate(body: Buffer): Promise<object> {
    const given = read(body, rotateRequestSchema);
    const registrar = this.#registrar(given.role);
    const certificate = checkProof(given.certificate, given.signingRequest, rotationChallenge(given));
    const request = { ...given, certificate };
    checkClocks(request.time, this.#now());
    await transaction(this.#options.pool, (client) => exchange(client, request, registrar));
    await this.#registered(registrar, request.role, { name: request.name, step: request.step });
    return { ok: true };
  }

  #registrar(role: JoinRequest['role']): Registrar {
    const registrar = this.#options.registrars[role];
    if (registrar === undefined) throw new MalleeError('Joining.NotOffered', `this daemon takes no ${role}`);
    return registrar;
  }

  /** The registration stands, whatever happens here: the daemon looks again by itself. */
  async #registered(registrar: Registrar, role: string, what: object): Promise<void> {
    this.#options.logger.info({ role, name: (what as { name?: string }).name }, 'a component was registered');
    await registrar.changed().catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'could not read the components again');
    });
  }
}

async function exchange(client: PoolClient, request: RotateRequest, registrar: Registrar): Promise<void> {
  const registered = await registrar.certificates(client, request.name);
  const next = checkRotation(request, registered);
  if (next !== undefined) await registrar.replaceCertificates(client, request.name, next);
}

function read<Schema extends z.ZodType>(body: Buffer, schema: Schema): z.infer<Schema> {
  let raw: unknown;
  try {
    raw = JSON.parse(body.toString());
  } catch (cause) {
    throw new MalleeError('InvalidParameterValue', 'the request is not JSON', { cause });
  }
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`);
  throw new MalleeError('InvalidParameterValue', problems.join('; '));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
