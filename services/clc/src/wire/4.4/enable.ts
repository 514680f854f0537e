import { MalleeError } from '@mallee/errors';
import type { EucalyptusCCOperations_4_4, EucalyptusCCTypes_4_4 as Wire } from '@mallee/wsdl-types';
import { SYSTEM, type ClusterCallOptions } from '../../components/cluster-port.js';
import type { ClusterCalls } from '../cluster-calls.js';

/** What a 4.4 cluster controller is told of the cloud. */
export interface CloudServices {
  /** The cluster controller itself. */
  readonly self: Wire.ServiceInfoType;
  /** All that are registered, `self` among them. */
  readonly all: readonly Wire.ServiceInfoType[];
}

type Step = 'StartService' | 'EnableService';

/** What a cluster controller in this state is asked for; undefined: nothing helps. */
export function nextStep(localState: string): Step | 'done' | undefined {
  if (localState === 'ENABLED') return 'done';
  if (localState === 'DISABLED') return 'EnableService';
  return localState === 'LOADED' || localState === 'STOPPED' || localState === 'INITIALIZED'
    ? 'StartService'
    : undefined;
}

/** How long an answer ENABLED is believed; the original asks every 15 seconds. */
const BELIEVED_MS = 15_000;
/** LOADED, DISABLED, ENABLED, and one more for a cluster controller that takes its time. */
const ROUNDS = 4;
/** One cloud, one topology: it is told in full with every DescribeServices, which counts whatever the epoch. */
const EPOCH = 1;

/** Brings a 4.4 cluster controller to ENABLED before it gets work (internal-protocol 8.2). */
export class Enabler {
  readonly #calls: ClusterCalls<EucalyptusCCOperations_4_4>;
  readonly #services: () => Promise<CloudServices>;
  readonly #now: () => number;
  #enabledAt = Number.NEGATIVE_INFINITY;

  constructor(
    calls: ClusterCalls<EucalyptusCCOperations_4_4>,
    services: () => Promise<CloudServices>,
    now: () => number = () => performance.now(),
  ) {
    this.#calls = calls;
    this.#services = services;
    this.#now = now;
  }

  /** @throws Cluster.NotEnabled when it does not get there */
  async ensure(options: ClusterCallOptions | undefined): Promise<void> {
    if (this.#now() - this.#enabledAt < BELIEVED_MS) return;
    const services = await this.#services();
    let state = '';
    let details = '';
    for (let round = 0; round < ROUNDS; round += 1) {
      const status = await this.#ask(services, options);
      state = status.localState;
      details = status.details.join('; ').slice(0, 500);
      const step = nextStep(state);
      if (step === 'done') {
        this.#enabledAt = this.#now();
        return;
      }
      if (step === undefined) break;
      const request = { ...headOf(services), serviceIds: [services.self], instancesIds: [] };
      await this.#calls.call(step, request, options);
    }
    const why = details === '' ? '' : `: ${details}`;
    throw new MalleeError('Cluster.NotEnabled', `the cluster controller stays ${state}${why}`);
  }

  /** After a refusal: what was believed is asked again. */
  doubt(): void {
    this.#enabledAt = Number.NEGATIVE_INFINITY;
  }

  async #ask(services: CloudServices, options: ClusterCallOptions | undefined): Promise<Wire.ServiceStatusType> {
    const request = { ...headOf(services), serviceIds: [services.self] };
    const { serviceStatuses } = await this.#calls.call('DescribeServices', request, options);
    const own = serviceStatuses.find(
      ({ serviceId }) =>
        serviceId.type === 'cluster' && (serviceId.name === services.self.name || serviceId.name === 'self'),
    );
    if (own !== undefined) return own;
    throw new MalleeError('Cluster.NotEnabled', 'the cluster controller says nothing of its own state');
  }
}

function headOf({ all }: CloudServices) {
  return { userId: SYSTEM, epoch: EPOCH, services: all, disabledServices: [], notreadyServices: [] };
}
