import { baseConfigSchema } from '@mallee/daemon';
import { joiningSchema } from '@mallee/joining';
import { parseSubnet } from '@mallee/network';
import { z } from 'zod';

const subnet = z.string().superRefine((text, context) => {
  try {
    parseSubnet(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not a subnet' });
  }
});

const node = z
  .object({
    /** Full URL of the node's service, as it appears in serviceTag: http://HOST:8775/axis2/services/EucalyptusNC. */
    url: z.url({ protocol: /^https?$/ }),
    /** PEM file of this node's certificate; absent: any certificate of trust.node. */
    certificate: z.string().optional(),
    /** `2.0` for our own and for originals up to 2.0.x, `4.4` for originals from 4.3 on. */
    dialect: z.enum(['2.0', '4.4']).default('2.0'),
    /** `headers-only` for originals up to 2.0.2, which do not sign the Body. */
    profile: z.enum(['body-timestamp', 'headers-only']).default('body-timestamp'),
    /** `rsa-sha1` makes the node an original: one call at a time, nothing that it cannot read. */
    suite: z.enum(['rsa-sha256', 'rsa-sha1']).optional(),
  })
  .transform((given) => ({
    ...given,
    suite: given.suite ?? (given.profile === 'headers-only' ? ('rsa-sha1' as const) : ('rsa-sha256' as const)),
  }));

const network = z.object({
  /** bridge: bridge, DHCP and masquerading on this machine (root). user: addresses are planned, nothing is set up. */
  mode: z.enum(['bridge', 'user']),
  /** Names what is ours on the host. */
  tag: z.string().regex(/^[a-z0-9_]{1,24}$/, '1-24 of a-z, 0-9, _'),
  bridge: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/, 'a link name has 1-15 characters'),
  subnet,
  dns: z.array(z.ipv4()).default([]),
  mtu: z.number().int().min(576).max(9216).default(1500),
});

const timings = z.object({
  pollSeconds: z.number().positive().default(6),
  perNodeTimeoutSeconds: z.number().positive().default(10),
  /** How long a launch goes from node to node before it fails. */
  launchWindowSeconds: z.number().positive().default(300),
  /** How long an ended instance stays in DescribeInstances. */
  instanceTimeoutSeconds: z.number().positive().default(300),
});

export const clusterConfigSchema = baseConfigSchema.extend({
  /** Name of the availability zone. */
  cluster: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/),
  databaseUrl: z.string().min(1),
  queueUrl: z.string().min(1),
  /** Keeps clouds that share a queue server apart. */
  queuePrefix: z.string().optional(),
  /** Base URL of the CLC; hints go there. */
  cloudUrl: z.url({ protocol: /^https?$/ }),
  nodes: z.array(node),
  /** Lets nodes join with a token. */
  joining: joiningSchema.optional(),
  scheduler: z.enum(['GREEDY', 'ROUNDROBIN']).default('GREEDY'),
  network,
  timings: timings.prefault({}),
  /** False for a 4.4 cloud controller, which starts and enables its cluster controllers: no work for it before that. */
  enableItself: z.boolean().default(true),
  /** PEM files that GetKeys gives to the CLC, which compares them with those it registered. */
  glKeys: z.object({ clusterCertificate: z.string(), nodeCertificate: z.string() }),
});

export type ClusterConfig = z.infer<typeof clusterConfigSchema>;
export type NodeConfig = ClusterConfig['nodes'][number];

/** Name of the Postgres schema: `cc_` and the zone in lower case, other characters as `_`. */
export function schemaName(cluster: string): string {
  return `cc_${cluster.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`;
}

export function queueName(cluster: string): string {
  return `cc-${cluster}`;
}
