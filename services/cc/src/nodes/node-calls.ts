import { MalleeError } from '@mallee/errors';
import type { OperationName, RequestOf, ResponseOf, SoapClient } from '@mallee/soap-rpc';
import { checkForOriginal, type Dialect, type MalleeExtensionOperations, type ServiceTable } from '@mallee/wsdl-types';
import type { InstanceDetails } from './node-port.js';

/** What the edges to a node call with. */
export interface NodeCallsOptions<Ops> {
  readonly service: ServiceTable;
  readonly client: Pick<SoapClient<Ops>, 'call'>;
  /** Undefined for an original, which has no such service. */
  readonly extension: Pick<SoapClient<MalleeExtensionOperations>, 'call'> | undefined;
  /** Host of the node as in its URL; a CC puts it into every request. */
  readonly nodeName: string;
}

/** Calls of one node in one dialect. A message that an original could not read is not sent. */
export class NodeCalls<Ops> {
  readonly nodeName: string;
  readonly #options: NodeCallsOptions<Ops>;

  constructor(options: NodeCallsOptions<Ops>) {
    this.#options = options;
    this.nodeName = options.nodeName;
  }

  get isOriginal(): boolean {
    return this.#options.extension === undefined;
  }

  /** @throws Wire.NotForOriginal, and what SoapClient.call throws */
  call<K extends OperationName<Ops>>(
    name: K,
    request: RequestOf<Ops, K>,
    signal: AbortSignal | undefined,
  ): Promise<ResponseOf<Ops, K>> {
    const { service, client } = this.#options;
    const table = service.operations[name]?.request;
    if (table === undefined) throw new MalleeError('Wire.UnknownOperation', `${service.name} has no operation ${name}`);
    if (this.isOriginal) checkForOriginal(table, request as object, service.dialect as Dialect);
    return client.call(name, request, signal === undefined ? {} : { signal });
  }

  async describeDetails(
    ids: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly InstanceDetails[] | undefined> {
    const { extension } = this.#options;
    if (extension === undefined) return undefined;
    const request = { userId: SYSTEM, instanceIds: ids };
    const answer = await extension.call('DescribeDetails', request, signal === undefined ? {} : { signal });
    return answer.details;
  }
}

/** The user of requests that the cluster makes of its own accord: a node shows it the instances of all. */
export const SYSTEM = 'eucalyptus';
