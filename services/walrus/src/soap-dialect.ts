import { servePart, type Handlers, type ServedDialect } from '@mallee/soap-rpc';
import { MalleeWalrus, type MalleeWalrusOperations } from '@mallee/wsdl-types';

/** What the CLC asks of Walrus. A Walrus without images offers nothing of it. */
export function walrusDialect(handlers: Handlers<MalleeWalrusOperations>): ServedDialect {
  return servePart(MalleeWalrus, handlers);
}
