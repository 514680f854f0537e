/** Why an operation is not supported, in the words that peers and the reference get. */
export const WHY_NOT = {
  volumes: 'volumes are not attached to instances',
  bundling: 'instances are not bundled; images are registered from files',
  interfaces: 'an instance has one network interface',
  migration: 'instances do not move between nodes',
  keptInstances: 'an instance that is powered off is over',
  powerSaving: 'the node is never put to sleep',
  hints: 'a node gives hints, it takes none',
  networkInfo: 'the node is told its network in its configuration',
} as const;
