import { MalleeError } from '@mallee/errors';
import type { CallOptions, OperationName, RequestOf, ResponseOf, SoapClient } from '@mallee/soap-rpc';
import { checkForOriginal, type Dialect, type ServiceTable } from '@mallee/wsdl-types';

/** Calls of one cluster in one dialect. A message that an original could not read is not sent. */
export class ClusterCalls<Ops> {
  readonly #client: Pick<SoapClient<Ops>, 'call'>;
  readonly #service: ServiceTable;
  readonly #isOriginal: boolean;

  constructor(client: Pick<SoapClient<Ops>, 'call'>, service: ServiceTable, isOriginal: boolean) {
    this.#client = client;
    this.#service = service;
    this.#isOriginal = isOriginal;
  }

  /** @throws Wire.NotForOriginal, and what SoapClient.call throws */
  async call<K extends OperationName<Ops>>(
    name: K,
    request: RequestOf<Ops, K>,
    options: CallOptions = {},
  ): Promise<ResponseOf<Ops, K>> {
    const table = this.#service.operations[name]?.request;
    if (table === undefined) {
      throw new MalleeError('Wire.UnknownOperation', `${this.#service.name} has no operation ${name}`);
    }
    if (this.#isOriginal) checkForOriginal(table, request as object, this.#service.dialect as Dialect);
    return this.#client.call(name, request, options);
  }
}
