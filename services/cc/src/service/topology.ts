/** A service of the cloud. */
export interface Service {
  readonly partition?: string | undefined;
  readonly type: string;
  readonly name: string;
  readonly uris: readonly string[];
}

/** What the cloud controller says of its services, and which of its changes it is at. */
export interface Topology {
  readonly epoch: number;
  readonly enabled: readonly Service[];
  readonly disabled: readonly Service[];
  readonly notReady: readonly Service[];
}

export const noTopology: Topology = { epoch: 0, enabled: [], disabled: [], notReady: [] };

/** Room of the original for services and their URIs; more is left out. */
const MAX_SERVICES = 16;
const MAX_URIS = 8;

/**
 * What is known after a message: DescribeServices always counts, other messages only if they have an epoch and theirs is
 * not an older one.
 */
export function learn(known: Topology, told: Partial<Topology>, authoritative: boolean): Topology {
  if (told.epoch === undefined && !authoritative) return known;
  const epoch = told.epoch ?? known.epoch;
  if (!authoritative && epoch < known.epoch) return known;
  return {
    epoch,
    enabled: bounded(told.enabled),
    disabled: bounded(told.disabled),
    notReady: bounded(told.notReady),
  };
}

function bounded(services: readonly Service[] = []): Service[] {
  return services.slice(0, MAX_SERVICES).map((service) => ({ ...service, uris: service.uris.slice(0, MAX_URIS) }));
}

/** The first URI of an enabled service of one of these types. */
export function uriOf(topology: Topology, ...types: readonly string[]): string | undefined {
  return topology.enabled.find(({ type, uris }) => types.includes(type) && uris.length > 0)?.uris[0];
}
