import type { EucalyptusCCOperations_2_0 } from '@mallee/wsdl-types';
import type { Cluster } from '../cluster.js';

type Operations = EucalyptusCCOperations_2_0;

/** Who asked. */
export interface CallContext {
  readonly correlationId: string;
}

/** One operation of EucalyptusCC. It throws MalleeError; the SOAP layer answers return=false with code and text. */
export type Operation<Name extends keyof Operations> = (
  cluster: Cluster,
  request: Operations[Name]['request'],
  context: CallContext,
) => Promise<Operations[Name]['response']>;

/** The first elements of an answer that went well. */
export function success(
  request: { readonly userId?: string | undefined },
  context: CallContext,
): { correlationId: string; return: true; userId?: string } {
  const head = { correlationId: context.correlationId, return: true } as const;
  return request.userId === undefined ? head : { ...head, userId: request.userId };
}
