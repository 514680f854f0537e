import type { CataloguePart } from '../entry.js';

export const node = {
  'Node.DuplicateInstance': {
    family: 'node',
    status: 400,
    cause: 'The instance id is already known on this node.',
    remedy: 'Use a new instance id.',
  },
  'Node.UnknownInstance': {
    family: 'node',
    status: 404,
    cause: 'The node does not know the instance.',
    remedy: 'Check on which node it runs.',
  },
  'Node.InsufficientResources': {
    family: 'node',
    status: 409,
    cause: 'The node has not enough free memory, cores or disk.',
    remedy: 'The cluster tries another node.',
  },
  'Node.Disabled': {
    family: 'node',
    status: 409,
    cause: 'The node was taken out of use (ncModifyNode) and takes no new instances.',
    remedy: 'Enable the node, or use another one.',
  },
  'Node.ImageFetchFailed': {
    family: 'node',
    status: 502,
    cause: 'An image could not be fetched from Walrus.',
    remedy: 'Check Walrus and the registration of the image.',
  },
  'Node.ImageCorrupt': {
    family: 'node',
    status: 502,
    cause: 'An image fetched from Walrus has the wrong size or digest.',
    remedy: 'Register the image again.',
  },
  'Node.DiskFailed': {
    family: 'node',
    status: 500,
    cause: 'The instance disk could not be made.',
    remedy: 'Check free space and permissions of the instances directory.',
  },
  'Node.NetworkFailed': {
    family: 'node',
    status: 500,
    cause: 'The network of the instance could not be set up.',
    remedy: 'Check bridge and privileges on the node.',
  },
  'Node.DomainFailed': {
    family: 'node',
    status: 500,
    cause: 'The hypervisor refused or lost the domain.',
    remedy: 'Read the hypervisor message in the reason.',
  },
  'Node.HypervisorUnavailable': {
    family: 'node',
    status: 503,
    cause: 'The hypervisor does not answer.',
    remedy: 'Check libvirtd on the node.',
  },
  'Node.BootTimeout': {
    family: 'node',
    status: 504,
    cause: 'The domain did not run within the boot limit.',
    remedy: 'Check the console output and the hypervisor log.',
  },
  'Node.Restarted': {
    family: 'node',
    status: 500,
    cause: 'The node controller restarted while the launch was under way and could not resume it.',
    remedy: 'Launch again.',
  },
  'Node.GuestCrashed': {
    family: 'node',
    status: 500,
    cause: 'The guest crashed.',
    remedy: 'Read the console output.',
  },
  'Node.MetadataFailed': {
    family: 'node',
    status: 500,
    cause: 'The metadata service of the instance could not be set up.',
    remedy: 'Check the metadata port on the node.',
  },
} as const satisfies CataloguePart;
