/** Queue of the lifecycle workflows; the front writes outbox rows for it, src/lifecycle works on it. */
export const lifecycleQueue = 'instance-lifecycle';
