import type { CataloguePart } from '../entry.js';

export const cluster = {
  'Cluster.NoNodes': {
    family: 'cluster',
    status: 503,
    cause: 'The cluster has no registered node that answers.',
    remedy: 'Register nodes; mallee status shows why each one is down.',
  },
  'Cluster.NoCapacity': {
    family: 'cluster',
    status: 409,
    cause: 'No node of the cluster fits the instance.',
    remedy: 'The message lists per node what is free.',
  },
  'Cluster.NoAddress': {
    family: 'cluster',
    status: 409,
    cause: 'The private subnet has no free address.',
    remedy: 'Terminate instances or enlarge the subnet.',
  },
  'Cluster.LaunchTimeout': {
    family: 'cluster',
    status: 504,
    cause: 'No node accepted the instance within the launch window.',
    remedy: 'The message has the last answer of each node.',
  },
  'Cluster.InstanceLost': {
    family: 'cluster',
    status: 500,
    cause: 'The node that ran the instance no longer reports it.',
    remedy: 'Launch again; look at the log of the node.',
  },
  'Cluster.NodeUnreachable': {
    family: 'cluster',
    status: 503,
    cause: 'The node that holds the instance does not answer.',
    remedy: 'Check the node; its instances may still run.',
  },
  'Cluster.UnknownInstance': {
    family: 'cluster',
    status: 404,
    cause: 'The cluster does not know the instance.',
    remedy: 'Check the id.',
  },
  'Cluster.NetworkFailed': {
    family: 'cluster',
    status: 500,
    cause: 'Bridge, DHCP or packet filter could not be set up.',
    remedy: 'Read the command and its error in the reason.',
  },
  'Cluster.NotEnabled': {
    family: 'cluster',
    status: 503,
    cause: 'The cluster controller waits to be enabled by its cloud controller (EnableService) and does no work yet.',
    remedy: 'Enable it, or set enableItself in its configuration where no cloud controller does that.',
  },
} as const satisfies CataloguePart;
