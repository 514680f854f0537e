import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticateEc2Query, signedRequestOf, type KeyLookup } from '@mallee/aws-signatures';
import { currentCorrelationId, newCorrelationId, readBody, type Logger, type Metrics } from '@mallee/daemon';
import { MalleeError, isMalleeError } from '@mallee/errors';
import { z } from 'zod';
import type { Caller } from '../identity/caller.js';
import type { Action, ActionContext } from './action.js';
import { errorAnswer, type Dialect } from './error-document.js';
import { parameterTree, parseForm, type ParameterTree } from './parameters.js';
import { flag, readParameters } from './schema.js';
import { apiVersion, type ApiVersion } from './version.js';
import { xmlDocument, type XmlFields } from './xml.js';

/** A Query service: how it finds its actions and how it writes its answers. */
export interface QueryService {
  readonly dialect: Dialect;
  readonly actions: ReadonlyMap<string, Action>;
  /** The answer document of an action. */
  write(action: Action, content: XmlFields, version: ApiVersion, requestId: string): string;
}

export interface QueryHandlerOptions {
  readonly lookup: KeyLookup<Caller>;
  /** Which service a request is for. */
  readonly select: (request: QueryRequest) => QueryService;
  /** Everything of the context that does not come from the request. */
  readonly base: Omit<ActionContext, 'caller' | 'version' | 'correlationId' | 'publicUrl'>;
  readonly publicUrl: string | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now?: () => Date;
}

export interface QueryRequest {
  readonly path: string;
  readonly action: string | undefined;
  readonly version: string | undefined;
  /** Service name of a V4 credential scope. */
  readonly scopeService: string | undefined;
}

const bodyLimit = 1024 * 1024;
const dryRun = z.object({ DryRun: flag });

/** EC2's layout: requestId first, then the content, in the namespace of the version asked for. */
export function writeEc2(action: Action, content: XmlFields, version: ApiVersion, requestId: string): string {
  return xmlDocument(`${action.name}Response`, version.namespace, { requestId, ...content });
}

/** Serves signed Query requests (GET or POST form): authenticate, find the action, authorise, check, run, answer XML. */
export function queryHandler(
  options: QueryHandlerOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const counter = options.metrics.counter('clc_requests_total', 'Query requests by action and outcome', [
    'action',
    'outcome',
  ]);
  const duration = options.metrics.histogram('clc_request_seconds', 'Time to answer a Query request', ['action']);

  return async (request, response) => {
    const requestId = currentCorrelationId() ?? newCorrelationId();
    const started = process.hrtime.bigint();
    const state: RequestState = { dialect: 'ec2', metric: 'none' };
    let outcome = 'ok';
    try {
      send(response, 200, await answer(request, options, requestId, state), requestId);
      // What changes nothing is asked for every second by clients that wait.
      const level = /^(Describe|Get|List)/.test(state.metric) ? 'debug' : 'info';
      options.logger[level]({ action: state.metric, user: state.user }, 'query request answered');
    } catch (error) {
      outcome = isMalleeError(error) ? error.code : 'InternalError';
      const failed = errorAnswer(error, requestId, state.dialect);
      const level = failed.status >= 500 ? 'error' : 'info';
      options.logger[level]({ err: error, action: state.metric, status: failed.status }, 'query request failed');
      if (!request.complete) response.setHeader('connection', 'close');
      send(response, failed.status, failed.body, requestId);
    }
    counter.inc({ action: state.metric, outcome });
    duration.observe({ action: state.metric }, Number(process.hrtime.bigint() - started) / 1e9);
  };
}

interface RequestState {
  dialect: Dialect;
  metric: string;
  /** Id of the caller, once authenticated. */
  user?: string;
}

async function answer(
  request: IncomingMessage,
  options: QueryHandlerOptions,
  requestId: string,
  state: RequestState,
): Promise<string> {
  const signed = signedRequestOf(request);
  const body = await requestBody(request);
  const pairs = [...parseForm(signed.rawQuery), ...(isForm(request) ? parseForm(body.toString('utf8')) : [])];
  const tree = parameterTree(pairs);
  const asked: QueryRequest = {
    path: signed.rawPath,
    action: textOf(tree, 'Action') ?? textOf(tree, 'Operation'),
    version: textOf(tree, 'Version'),
    scopeService: credentialService(request.headers.authorization),
  };
  const service = options.select(asked);
  state.dialect = service.dialect;
  const now = (options.now ?? (() => new Date()))();
  const { principal: caller } = await authenticateEc2Query({ ...signed, parameters: pairs, body }, options.lookup, now);
  state.user = caller.userId;
  const version = apiVersion(asked.version);
  const action = findAction(service, asked.action);
  state.metric = action.metric;
  authorize(action, caller);
  const parameters = readParameters(action.parameters, tree);
  refuseDryRun(tree);
  const publicUrl = options.publicUrl ?? `http://${request.headers.host ?? 'localhost'}`;
  const context: ActionContext = { ...options.base, caller, version, correlationId: requestId, publicUrl };
  return service.write(action, await action.run(parameters, context), version, requestId);
}

async function requestBody(request: IncomingMessage): Promise<Buffer> {
  if (request.method === 'POST') return await readBody(request, bodyLimit);
  if (request.method === 'GET') return Buffer.alloc(0);
  throw new MalleeError('InvalidParameterValue', 'Send the request by GET or POST');
}

/** boto 2 and the SDKs send a form; a missing type is taken as a form as well. */
function isForm(request: IncomingMessage): boolean {
  const type = request.headers['content-type'];
  return type === undefined || /^application\/x-www-form-urlencoded\b/i.test(type);
}

function textOf(tree: ParameterTree, name: string): string | undefined {
  const value = tree[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function credentialService(authorization: string | undefined): string | undefined {
  return /Credential=[^/,\s]+\/\d{8}\/[^/,]*\/([^/,]*)\/aws4_request/.exec(authorization ?? '')?.[1];
}

function findAction(service: QueryService, name: string | undefined): Action {
  if (name === undefined) throw new MalleeError('MissingParameter', 'The request must contain the parameter Action');
  const action = service.actions.get(name);
  if (action) return action;
  throw new MalleeError('InvalidAction', `The action ${name.slice(0, 100)} is not valid for this web service`);
}

function authorize(action: Action, caller: Caller): void {
  if (action.authorization === 'user' || caller.isAdmin) return;
  throw new MalleeError('UnauthorizedOperation', `Only administrators of the cloud may call ${action.name}`);
}

function refuseDryRun(tree: ParameterTree): void {
  if (readParameters(dryRun, tree).DryRun) {
    throw new MalleeError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
  }
}

function send(response: ServerResponse, status: number, body: string, requestId: string): void {
  const text = Buffer.from(body, 'utf8');
  response.writeHead(status, {
    'content-type': 'text/xml;charset=UTF-8',
    'content-length': text.length,
    'x-amzn-requestid': requestId,
  });
  response.end(text);
}
