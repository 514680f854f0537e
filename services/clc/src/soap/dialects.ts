import type { Queryable } from '@mallee/database';
import { serve, type ServedDialect } from '@mallee/soap-rpc';
import {
  MalleeCloud,
  MalleeExtension,
  type MalleeCloudOperations,
  type MalleeExtensionOperations,
} from '@mallee/wsdl-types';
import type { RegisteredCertificates } from '../components/trust.js';
import { cloudHandlers } from './cloud.js';
import { extensionHandlers, type HintReceiver } from './extension.js';

/** What the endpoints work on. They look at it only when a request comes: the reference of operations is made without. */
export interface CloudParts {
  readonly pool: Queryable;
  readonly certificates: RegisteredCertificates;
  readonly lifecycle: HintReceiver;
}

/** What Walrus asks, and which nodes clusters have. */
export function cloudDialect({ pool, certificates }: CloudParts): ServedDialect {
  return serve<MalleeCloudOperations>(MalleeCloud, cloudHandlers(pool, certificates));
}

/** What clusters tell. */
export function extensionDialect({ certificates, lifecycle }: CloudParts): ServedDialect {
  return serve<MalleeExtensionOperations>(MalleeExtension, extensionHandlers(certificates, lifecycle));
}
