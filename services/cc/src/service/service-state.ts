/** States of the cluster controller as a service (internal-protocol 8.2); SHUTDOWN is reported as NOTREADY. */
export type ServiceState = 'LOADED' | 'DISABLED' | 'ENABLED' | 'STOPPED' | 'SHUTDOWN';

export type Transition = 'start' | 'enable' | 'disable' | 'stop' | 'shutdown';

const TARGET: Readonly<Record<Transition, ServiceState>> = {
  start: 'DISABLED',
  enable: 'ENABLED',
  disable: 'DISABLED',
  stop: 'STOPPED',
  shutdown: 'SHUTDOWN',
};

/**
 * The state after a transition; undefined when it is refused. After SHUTDOWN only a restart helps. A service that is not
 * `healthy` becomes neither DISABLED by being started nor ENABLED.
 */
export function nextState(state: ServiceState, transition: Transition, healthy: boolean): ServiceState | undefined {
  if (state === 'SHUTDOWN') return transition === 'shutdown' ? state : undefined;
  if (!healthy && (transition === 'start' || transition === 'enable')) return undefined;
  // A cloud controller asks for the start of what it takes for LOADED; what is ENABLED is started.
  if (transition === 'start' && state === 'ENABLED') return state;
  return TARGET[transition];
}

/** The state in the words of the wire. */
export function shownState(state: ServiceState, healthy: boolean): string {
  if (state === 'SHUTDOWN' || !healthy) return 'NOTREADY';
  return state;
}
