import type { Logger } from '@mallee/daemon';
import type { Component } from '../components/registry.js';
import { ClusterPoll } from './cluster-poll.js';
import type { LifecycleConfig, LifecycleContext } from './context.js';
import { PollLoop } from './poll-loop.js';
import { StoragePoll } from './storage-poll.js';
import { pollWalrus } from './walrus-poll.js';

/** One poll loop for each registered component; they do not wait for each other. */
export class ComponentPolls {
  readonly #logger: Logger;
  readonly #timings: LifecycleConfig['timings'];
  readonly #loops = new Map<string, PollLoop>();
  #stopped = false;

  constructor(logger: Logger, timings: LifecycleConfig['timings']) {
    this.#logger = logger;
    this.#timings = timings;
  }

  /** Starts the loops of new components and stops those of removed ones. */
  async follow(context: LifecycleContext, components: readonly Component[]): Promise<void> {
    const wanted = new Map(components.map((component) => [`${component.type}/${component.partition}`, component]));
    for (const [key, loop] of this.#loops) {
      if (wanted.has(key)) continue;
      this.#loops.delete(key);
      await loop.stop();
    }
    for (const [key, component] of wanted) {
      if (!this.#stopped && !this.#loops.has(key)) this.#loops.set(key, this.#start(context, key, component));
    }
  }

  /** False if nothing is registered for the zone (yet). */
  hint(zone: string): boolean {
    const loops = [this.#loops.get(`cluster/${zone}`), this.#loops.get(`storage/${zone}`)];
    for (const loop of loops) loop?.hint();
    return loops[0] !== undefined;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
  }

  #start(context: LifecycleContext, name: string, { type, partition }: Component): PollLoop {
    const { clusterPollMs, clusterBusyPollMs, reconcileMs } = this.#timings;
    const common = { name, logger: this.#logger, quietMs: clusterPollMs, busyMs: clusterBusyPollMs };
    if (type === 'walrus') {
      return new PollLoop({ ...common, quietMs: reconcileMs, poll: (signal) => pollWalrus(context, signal) });
    }
    const poll = type === 'cluster' ? new ClusterPoll(context, partition) : new StoragePoll(context, partition);
    return new PollLoop({ ...common, poll: (signal) => poll.poll(signal) });
  }
}
