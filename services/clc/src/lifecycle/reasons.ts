import { isErrorCode, MalleeError, toMalleeError, type ErrorCode } from '@mallee/errors';
import type { Reason } from './instance-transition.js';

const NO_ROOM: readonly string[] = [
  'Cluster.NoCapacity',
  'Cluster.NoNodes',
  'Cluster.NoAddress',
  'Node.InsufficientResources',
];

/** A code of the catalogue as the reason of an instance: lack of room has the code that AWS clients know. */
export function instanceReason(code: string | undefined, message: string | undefined): Reason | undefined {
  if (code === undefined || code === '') return undefined;
  const text = (message ?? '').slice(0, 2000);
  if (NO_ROOM.includes(code)) return { code: 'Server.InsufficientInstanceCapacity', message: text || code };
  if (isErrorCode(code)) return { code, message: text };
  return { code: 'Server.InternalError', message: `${code.slice(0, 100)}: ${text}` };
}

/** The error of a call to a component, with the peer's own code when its refusal carries one of the catalogue. */
export function callError(error: unknown, tried: string): MalleeError {
  const failure = toMalleeError(error, tried);
  if (failure.code !== 'Wire.PeerFault') return failure;
  const { peerCode, peerMessage } = failure.details as { peerCode?: unknown; peerMessage?: unknown };
  if (typeof peerCode !== 'string' || !isErrorCode(peerCode)) return failure;
  const message = typeof peerMessage === 'string' ? peerMessage.slice(0, 2000) : failure.message;
  return new MalleeError(peerCode, message, { cause: failure, tried });
}

const TRY_AGAIN: readonly ErrorCode[] = ['Wire.BadReply', 'Wire.PeerFault', 'InternalError'];

/**
 * A call that may go well later: no answer, a database that is away, or a refusal that has no reason of its own. What a
 * component refused for a reason is final: it has done its own retries.
 */
export function mayPass(error: MalleeError): boolean {
  // A cluster of dialect 4.4 that is just being started.
  if (error.code === 'Cluster.NotEnabled') return true;
  if (/^(Cluster|Node|Image|Storage)\./.test(error.code)) return false;
  return TRY_AGAIN.includes(error.code) || [429, 503, 504].includes(error.status);
}
