/** What can join: a node joins the cluster controller of its cluster, everything else the cloud controller. */
export const joinRoles = ['node', 'cluster', 'storage', 'walrus'] as const;
export type JoinRole = (typeof joinRoles)[number];

/** The daemon of a role, as its folders and units are called. */
export const daemonOf: Readonly<Record<JoinRole, 'nc' | 'cc' | 'sc' | 'walrus'>> = {
  node: 'nc',
  cluster: 'cc',
  storage: 'sc',
  walrus: 'walrus',
};

/** The ports of the original. */
export const defaultPort: Readonly<Record<JoinRole, number>> = {
  cluster: 8774,
  node: 8775,
  walrus: 8776,
  storage: 8777,
};
