import { MalleeError } from '@mallee/errors';
import { noteAnswer, noteFailure } from './component-health.js';
import type { LifecycleContext } from './context.js';

/** Notes whether Walrus answers. Nothing but the operator's overview depends on it, so the plain health page will do. */
export async function pollWalrus(
  { pool, clients, config, logger }: LifecycleContext,
  stop: AbortSignal,
): Promise<boolean> {
  const { component } = await clients.walrus();
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(config.timings.componentTimeoutMs)]);
    const reply = await fetch(`${component.url}/healthz`, { signal, redirect: 'error' });
    await reply.body?.cancel();
    if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
    await noteAnswer(pool, component);
  } catch (error) {
    if (stop.aborted) return false;
    const message = `${component.url} does not answer: ${error instanceof Error ? error.message : String(error)}`;
    const failure = new MalleeError('Wire.PeerUnreachable', message, { cause: error });
    if (await noteFailure(pool, component, failure)) logger.warn({ err: failure }, 'Walrus does not answer');
  }
  return false;
}
