import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticateS3, headerValue, signedRequestOf, splitQuery, type SignedRequest } from '@mallee/aws-signatures';
import { currentCorrelationId, newCorrelationId, type HttpHandler, type Metrics } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import type { AccessKeyHolder } from '../accounts/account-directory.js';
import { isComponentRequest } from './component-requests.js';
import type { S3Context, S3Services } from './context.js';
import { allowOrigin, preflight } from './cors.js';
import { sendError, toS3Error } from './error-response.js';
import { bucketOfHost, parseTarget, textOfUrl } from './path.js';
import { route } from './router.js';
import { isPolicyUpload, policyUpload } from './upload-policy.js';

/** Answers requests signed by a component, once they are taken apart. */
export type ComponentHandler = (
  request: SignedRequest,
  message: { request: IncomingMessage; response: ServerResponse },
  target: { bucket: string; key: string | undefined },
) => Promise<void>;

export interface S3HandlerOptions {
  readonly services: S3Services;
  readonly metrics: Metrics;
  readonly components: ComponentHandler;
}

/** The S3 service as an HTTP handler: authenticate, route, run; every failure becomes an S3 error document. */
export function createS3Handler({ services, metrics, components }: S3HandlerOptions): HttpHandler {
  const seconds = metrics.histogram('s3_request_seconds', 'Duration of S3 requests.', ['operation', 'status']);
  return async (request, response) => {
    const requestId = currentCorrelationId() ?? newCorrelationId();
    response.setHeader('x-amz-request-id', requestId);
    response.setHeader('server', 'Mallee');
    let operation = 'unknown';
    let watched: ReturnType<NonNullable<S3Services['accessLogs']>['watch']>;
    const started = process.hrtime.bigint();
    try {
      const signed = signedRequestOf(request);
      // RFC 9112 section 3.2: which of the two would it be for?
      if ((request.headersDistinct.host?.length ?? 0) > 1) {
        throw new MalleeError('InvalidRequest', 'A request names one host.');
      }
      const target = parseTarget(signed.rawPath, headerValue(signed.headers, 'host') ?? '', services.domain);
      watched = services.accessLogs?.watch({ ...target, signed, request, response, requestId });
      if (isComponentRequest(signed)) {
        operation = 'Component';
        const { bucket, key } = target;
        if (bucket === undefined) throw new MalleeError('MethodNotAllowed', 'Components list no buckets.');
        await components(signed, { request, response }, { bucket, key });
        return;
      }
      const anonymous = { ...anonymousContext(services, signed, { request, response, requestId }), watched };
      if (target.bucket !== undefined) {
        if (request.method === 'OPTIONS') {
          operation = 'Preflight';
          await preflight(anonymous, target.bucket);
          return;
        }
        await allowOrigin(anonymous, target.bucket);
      }
      const context = isPolicyUpload(signed)
        ? await policyUpload(anonymous, target)
        : await authenticated(anonymous, signed, target.virtualHostBucket);
      watched?.identified(context.caller?.canonicalId);
      const found = route(context, target.bucket, target.key);
      operation = found.name;
      await found.run();
    } catch (error) {
      watched?.failed(toS3Error(error).code);
      sendError({ request, response, requestId, logger: services.logger }, error);
    } finally {
      const elapsed = Number(process.hrtime.bigint() - started) / 1e9;
      seconds.observe({ operation, status: String(response.statusCode) }, elapsed);
    }
  };
}

/** Requests at a virtual host are all about its bucket, also those at paths where the port itself has something else. */
export function namesBucket(domain: string | undefined): (request: IncomingMessage) => boolean {
  return ({ headers }) => bucketOfHost(headers.host ?? '', domain) !== undefined;
}

function anonymousContext(
  services: S3Services,
  signed: SignedRequest,
  message: { request: IncomingMessage; response: ServerResponse; requestId: string },
): S3Context {
  return {
    ...message,
    services,
    headers: signed.headers,
    query: decodedQuery(signed.rawQuery),
    caller: undefined,
    payload: { kind: 'unsigned' },
    rawPath: signed.rawPath,
  };
}

async function authenticated(
  anonymous: S3Context,
  signed: SignedRequest,
  virtualHostBucket: string | undefined,
): Promise<S3Context> {
  const { services } = anonymous;
  const lookup = async (
    accessKeyId: string,
  ): Promise<{ secretKey: string; principal: AccessKeyHolder } | undefined> => {
    const holder = await services.accounts.byAccessKey(accessKeyId);
    return holder === undefined ? undefined : { secretKey: holder.secretKey, principal: holder };
  };
  const options = virtualHostBucket === undefined ? {} : { virtualHostBucket };
  const { principal, payload } = await authenticateS3(signed, lookup, services.now(), options);
  return { ...anonymous, caller: principal, payload };
}

function decodedQuery(rawQuery: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of splitQuery(rawQuery)) {
    const key = textOfUrl(name);
    if (!query.has(key)) query.set(key, textOfUrl(value));
  }
  return query;
}
