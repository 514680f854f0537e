/** Why operations are not supported; peers read it, and docs/reference/soap-operations.md. */
export const reasons = {
  volumes: 'volumes are not attached by this cluster controller yet',
  bundling: 'instances are not bundled by this cluster controller yet',
  groups: 'there are no networks per security group: one subnet serves the cluster',
  addresses: 'there are no public addresses in this network mode',
  edge: 'this network mode takes no network description',
  interfaces: 'an instance has one network interface',
  migration: 'instances are not migrated',
  nodes: 'a node is taken into use and out of it by the configuration of the cluster controller',
  power: 'a guest is not kept powered off on its node',
  images: 'images are not made from running instances',
  logs: 'logs are not handed out without a signature',
  // What implemented operations do not do.
  noPublicAddresses: 'always the negative answer NOTSUPPORTED, which cloud controllers take as "none"',
  nothingToStop: 'no network belongs to a security group, so none is stopped',
  ownAddresses: 'MAC and address are those the cluster controller chooses',
  fromImages: 'from images only, with one interface; MAC and address are those the cluster controller chooses',
  noSensors: 'nothing is measured: always an empty list',
} as const;
