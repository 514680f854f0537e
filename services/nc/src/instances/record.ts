import { isInstanceId } from '@mallee/hypervisor';
import { z } from 'zod';

const text = z.string().max(4096);

/** What the cluster asked for; never changes. */
export const launchRequestSchema = z.object({
  instanceId: z.string().refine(isInstanceId),
  reservationId: text,
  imageId: text,
  kernelId: text.optional(),
  ramdiskId: text.optional(),
  imageUrl: text,
  kernelUrl: text.optional(),
  ramdiskUrl: text.optional(),
  ownerId: text,
  /** What callers of dialect 4.4 say beyond that. */
  accountId: text.optional(),
  uuid: text.optional(),
  groupIds: z.array(text).max(64).optional(),
  /** When the instance ends at the latest. */
  expiryTime: z.iso.datetime({ offset: true }).optional(),
  /** The whole OpenSSH public key line; empty for none. */
  publicKey: z.string().max(16_384),
  type: z.object({
    name: text,
    memoryMb: z.number().int().positive(),
    cores: z.number().int().positive(),
    diskGb: z.number().int().min(0),
  }),
  network: z.object({
    mac: z.string(),
    privateIp: z.string(),
    publicIp: z.string(),
    vlan: z.number().int(),
    networkIndex: z.number().int(),
  }),
  /** Base64; empty for none. */
  userData: z.string(),
  launchIndex: text,
  platform: text.optional(),
  groupNames: z.array(text).max(64),
});

/**
 * ```
 * Staging -> Booting -> Running <-> Rebooting
 *     \________\__________\____________\____> Stopping -> Teardown -> forgotten
 * ```
 */
export const instanceStates = ['Staging', 'Booting', 'Running', 'Rebooting', 'Stopping', 'Teardown'] as const;

const imageFileSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), sizeBytes: z.number().int().min(0) });

export const instanceRecordSchema = z.object({
  version: z.literal(1),
  launch: launchRequestSchema,
  state: z.enum(instanceStates),
  /** ISO times, UTC. */
  launchTime: z.string(),
  stateSince: z.string(),
  /** When the guest first ran. */
  runningSince: z.string().optional(),
  /** Why it stopped: a code of the error catalogue or an EC2 state reason code. */
  reason: z.object({ code: z.string(), message: z.string() }).optional(),
  /** The public address that was assigned since the launch. */
  publicIp: z.string().optional(),
  correlationId: z.string().optional(),
  /** How often a restarted node controller has taken up the launch again. */
  resumes: z.number().int().min(0),
  images: z
    .object({ machine: imageFileSchema, kernel: imageFileSchema.optional(), ramdisk: imageFileSchema.optional() })
    .optional(),
  diskFormat: z.enum(['qcow2', 'raw']).optional(),
});

export type LaunchRequest = z.infer<typeof launchRequestSchema>;
export type InstanceRecord = z.infer<typeof instanceRecordSchema>;
export type InstanceState = InstanceRecord['state'];
export type ImageFile = z.infer<typeof imageFileSchema>;
export type StopReason = NonNullable<InstanceRecord['reason']>;

export function instanceIdOf(record: InstanceRecord): string {
  return record.launch.instanceId;
}

/** The public address of the moment; 0.0.0.0 for none. */
export function publicIpOf({ publicIp, launch }: InstanceRecord): string {
  return publicIp ?? launch.network.publicIp;
}
