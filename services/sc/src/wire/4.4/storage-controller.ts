import { notSupported, serve, type ServedDialect } from '@mallee/soap-rpc';
import { EucalyptusSC_4_4, type EucalyptusSCOperations_4_4 } from '@mallee/wsdl-types';

const reason = 'volumes are not exported over the network yet';

/**
 * EucalyptusSC as 4.4 node controllers call it, at the path that MalleeStorage has, too. Its answers have no `return`, so
 * the refusal is a fault, for which a node gives the attachment up.
 */
export function storageController44(): ServedDialect {
  return serve<EucalyptusSCOperations_4_4>(EucalyptusSC_4_4, {
    ExportVolume: notSupported(reason),
    UnexportVolume: notSupported(reason),
  });
}
