import { baseConfigSchema } from '@mallee/daemon';
import { isDomainTag } from '@mallee/hypervisor';
import { z } from 'zod';

const absolutePath = z.string().startsWith('/');
const address = z.string().regex(/^(?:\d{1,3}\.){3}\d{1,3}$/);
const subnet = z.string().regex(/^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/);
const httpUrl = z.string().regex(/^https?:\/\//);

const networkSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('bridge'), bridge: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/) }),
  /**
   * `gateway` is the first address of the subnet when missing. `outbound` lets guests open connections as this host does:
   * also to its loopback, its neighbours and its own metadata address.
   */
  z.object({
    mode: z.literal('user'),
    subnet,
    gateway: address.optional(),
    outbound: z.boolean().default(false),
  }),
]);

/** The configuration file of a node controller. Sizes say their unit in the name; 0 means: find out. */
export const configSchema = baseConfigSchema.extend({
  /** Name of the cluster, which EC2 shows as availability zone. */
  cluster: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  /** Disks and consoles of the instances. */
  instancesDirectory: absolutePath,
  cacheDirectory: absolutePath,
  cacheMaxBytes: z
    .number()
    .int()
    .positive()
    .default(20 * 1024 ** 3),
  diskMode: z.enum(['overlay', 'reflink', 'copy']).default('overlay'),
  limits: z
    .object({
      memoryMb: z.number().int().min(0).default(0),
      cores: z.number().int().min(0).default(0),
      diskGb: z.number().int().min(0).default(0),
    })
    .prefault({}),
  hypervisor: z
    .object({
      driver: z.enum(['libvirt', 'simulated']).default('libvirt'),
      uri: z.string().min(1).default('qemu:///system'),
      domainType: z.enum(['auto', 'kvm', 'qemu']).default('auto'),
      /** Distinguishes the domains of several clouds on one libvirtd. */
      domainTag: z.string().refine(isDomainTag, 'lower-case letters, digits and inner hyphens, at most 32'),
      /** Kernel to probe KVM with. */
      probeKernel: absolutePath.optional(),
      qemu: z.string().default('/usr/bin/qemu-system-x86_64'),
    })
    .strict(),
  network: networkSchema,
  metadata: z.object({ host: z.string().default('0.0.0.0'), port: z.number().int().min(0).max(65535) }),
  /** Base URL of the cluster controller for hints; none are sent without it. */
  clusterUrl: httpUrl.optional(),
  /** Where images may be fetched from; empty: any HTTP address the cluster names. */
  walrus: z.object({ urlPrefixes: z.array(httpUrl).default([]) }).prefault({}),
  /** Seconds to wait for a guest to shut down by itself when it is terminated; 0 ends it at once. */
  gracefulSeconds: z.number().min(0).default(0),
  timings: z
    .object({
      stagingSeconds: z.number().positive().default(7200),
      bootSeconds: z.number().positive().default(60),
      teardownSeconds: z.number().positive().default(180),
      sweepSeconds: z.number().positive().default(5),
    })
    .prefault({}),
});

export type NodeConfig = z.infer<typeof configSchema>;
