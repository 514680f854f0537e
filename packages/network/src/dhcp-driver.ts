import type { DesiredNetwork, HostReservation } from './desired-state.js';

/** Serves the hosts of a network by DHCP. */
export interface DhcpDriver {
  /** Returns after the server knows every host of the state: a guest that starts now gets its address. */
  apply(state: DesiredNetwork): Promise<void>;
  stop(): Promise<void>;
}

/** DhcpDriver for tests: remembers the hosts. */
export class RecordingDhcpDriver implements DhcpDriver {
  hosts: readonly HostReservation[] = [];
  running = false;

  apply(state: DesiredNetwork): Promise<void> {
    this.hosts = state.hosts;
    this.running = true;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.running = false;
    return Promise.resolve();
  }
}
