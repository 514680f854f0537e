import { baseConfigSchema } from '@mallee/daemon';
import { z } from 'zod';

const GIB = 1024 ** 3;

/** Configuration file of Walrus. */
export const walrusConfigSchema = baseConfigSchema.extend({
  /** `postgres://...`; tables live in schema `walrus`. */
  databaseUrl: z.string().min(1),
  /** Holds the blobs; temporary files lie in it too, so that a rename never crosses a file system. Not used with `storage.kind` s3. */
  objectsDirectory: z.string().min(1),
  /** Where the bytes of objects go: files below `objectsDirectory`, or a bucket of an S3-compatible store that Walrus has for itself. */
  storage: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('posix') }),
      z.object({
        kind: z.literal('s3'),
        endpoint: z.url({ protocol: /^https?$/ }),
        bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
        accessKeyId: z.string().min(1),
        secretAccessKey: z.string().min(1),
        region: z.string().min(1).default('us-east-1'),
      }),
    ])
    .default({ kind: 'posix' }),
  /** Base URL of the CLC, without a slash at the end: `http://127.0.0.1:8773`. */
  cloudUrl: z.url().optional(),
  /** Instead of a CLC: a JSON file with the accounts (accounts/accounts-file.ts), for a Walrus that stands alone. */
  accountsFile: z.string().optional(),
  imageCacheDirectory: z.string().min(1),
  imageCacheMaxBytes: z
    .number()
    .int()
    .positive()
    .default(30 * GIB),
  /** The cloud key pair bundled images are encrypted for (PEM files). */
  imageKey: z.object({ privateKey: z.string(), certificate: z.string() }),
  /** Requests of nodes of Eucalyptus 2.0, signed by RSA-SHA1 with a registered certificate; no header of theirs is covered. */
  originalNodes: z
    .object({
      accept: z.boolean().default(true),
      /** Their dates name no zone. Left out: the zone of this machine. */
      utcOffsetMinutes: z.number().int().min(-840).max(840).optional(),
    })
    .default({ accept: true }),
  region: z.string().default('mallee'),
  /** Buckets are also reachable as `BUCKET.DOMAIN` when set. */
  domain: z.string().optional(),
  maxObjectBytes: z
    .number()
    .int()
    .positive()
    .default(5 * GIB),
  /** A client that sends nothing for so long has given its upload up. */
  bodyIdleSeconds: z.number().positive().default(30),
  /** File of the key that wraps the keys of encrypted objects; made when missing. Default: `sse-master.key` in the state directory. */
  masterKeyFile: z.string().optional(),
  /** Expiration rules are looked at every so often; a shorter day makes rules testable. */
  lifecycle: z
    .object({ intervalSeconds: z.number().positive().default(3600), daySeconds: z.number().positive().default(86_400) })
    .default({ intervalSeconds: 3600, daySeconds: 86_400 }),
  /** Access logs of buckets are delivered every so often, or when so many lines about a bucket wait. */
  accessLogs: z
    .object({
      intervalSeconds: z.number().positive().default(300),
      maxLines: z.number().int().positive().default(10_000),
    })
    .default({ intervalSeconds: 300, maxLines: 10_000 }),
  /** How old an unreferenced blob must be to be garbage, and how often to look. */
  janitor: z
    .object({ graceSeconds: z.number().min(0).default(3600), intervalSeconds: z.number().positive().default(3600) })
    .default({ graceSeconds: 3600, intervalSeconds: 3600 }),
});

export type WalrusConfig = z.infer<typeof walrusConfigSchema>;
