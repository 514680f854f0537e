import { baseConfigSchema } from '@mallee/daemon';
import { joiningSchema } from '@mallee/joining';
import { z } from 'zod';

const milliseconds = z.number().int().positive();

/** Times of the lifecycle, all in milliseconds. */
export const timingsSchema = z.object({
  /** Between two polls of one cluster. */
  clusterPollMs: milliseconds.default(5_000),
  /** Poll interval while an instance of the cluster is in a transitional state. */
  clusterBusyPollMs: milliseconds.default(1_000),
  /** Longest answer time of a component. */
  componentTimeoutMs: milliseconds.default(20_000),
  /** An instance that is still `pending` after this ends as `terminated` with a reason. */
  pendingDeadlineMs: milliseconds.default(10 * 60_000),
  /** An instance that is still `shutting-down` after this is `terminated`. */
  shuttingDownDeadlineMs: milliseconds.default(10 * 60_000),
  /** A volume that is still `creating` or `deleting` after this gets state `error`. */
  volumeDeadlineMs: milliseconds.default(5 * 60_000),
  /** How long DescribeInstances shows a terminated instance. */
  terminatedVisibleMs: milliseconds.default(60 * 60_000),
  reconcileMs: milliseconds.default(10_000),
  outboxPollMs: milliseconds.default(1_000),
});
export type Timings = z.infer<typeof timingsSchema>;

export const quotasSchema = z.object({
  /** Instances of an account that are not terminated. */
  instances: z.number().int().nonnegative().default(100),
  volumes: z.number().int().nonnegative().default(100),
  volumeGigabytes: z.number().int().nonnegative().default(2_000),
});
export type Quotas = z.infer<typeof quotasSchema>;

/** Configuration file of the cloud controller. */
export const clcConfigSchema = baseConfigSchema.extend({
  /** postgres://... or a URL with ?host=/socket/directory */
  databaseUrl: z.string().min(1),
  /** redis://... or postgres://... */
  queueUrl: z.string().min(1),
  region: z.string().min(1).default('mallee'),
  /** What clients can reach, without path: http://host:port. Default: the Host header of each request. */
  publicUrl: z.url().optional(),
  bootstrap: z
    .object({
      /** The credentials of user `admin` are written here (mode 0600) when the database is empty. */
      credentialsFile: z.string().min(1),
    })
    .optional(),
  timings: timingsSchema.prefault({}),
  /** Lets clusters, storage controllers and Walrus join with a token. */
  joining: joiningSchema.optional(),
  quotas: quotasSchema.prefault({}),
});
export type ClcConfig = z.infer<typeof clcConfigSchema>;
