import { readFileSync } from 'node:fs';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { peerSchema } from './peers.js';
import { readPem, splitCertificates } from './pem.js';

/** Which kind of component a trusted certificate belongs to. */
export const roles = ['cloud', 'cluster', 'node', 'walrus', 'storage'] as const;
export type Role = (typeof roles)[number];

/** Where to listen; with `tls` the port speaks TLS 1.2 or later and nothing else. */
export const listenSchema = z.object({
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65535),
  /** PEM files of the TLS server; the daemon's own pair or another. Read again when they change. */
  tls: z.object({ key: z.string(), certificate: z.string() }).optional(),
});

/** The part of the configuration file that every daemon has; services extend it. */
export const baseConfigSchema = z.object({
  /** Shown in logs and metrics, for example `clc` or `nc-1`. */
  name: z.string().min(1),
  stateDirectory: z.string().min(1),
  listen: listenSchema
    .extend({
      /**
       * Base URLs that peers reach this daemon by, for example `http://cc-1.example:8774`. A signed message must be addressed to one
       * of them, so that one for another daemon with the same keys cannot be played here. Without them only the path is compared,
       * since behind address translation a peer may know us by a name that we do not.
       */
      addresses: z.array(z.string().regex(/^https?:\/\/[^/?#]+\/?$/)).optional(),
    })
    // Otherwise each message to the port would be refused, as addressed to somebody else.
    .refine(({ tls, addresses }) => tls === undefined || !addresses?.every((url) => url.startsWith('http:')), {
      path: ['addresses'],
      message: 'with tls the daemon is called by https://, and none of these is such an address',
    }),
  /** PEM files of the component's own key pair. */
  keys: z.object({ privateKey: z.string(), certificate: z.string() }),
  /** Per role the PEM files of the certificates that are accepted. */
  trust: z.partialRecord(z.enum(roles), z.array(z.string())).default({}),
  /** Rules for single peers, originals above all. They say how a peer speaks; whether it is trusted, its role says. */
  peers: z.array(peerSchema).default([]),
  /** Bounds of the XML that the SOAP endpoints read; what is left out keeps its default (docs/reference/wire.md). */
  soapLimits: z
    .object({
      /** Bytes of one request. */
      maxBytes: z.number().int().min(65_536).max(67_108_864),
      maxDepth: z.number().int().min(16).max(1000),
      maxElements: z.number().int().min(1000).max(10_000_000),
      maxAttributes: z.number().int().min(8).max(1000),
      /** Characters, prefix included. */
      maxNameLength: z.number().int().min(64).max(10_000),
      /** Declarations in scope at one element. */
      maxNamespaces: z.number().int().min(8).max(1000),
    })
    .partial()
    .strict()
    .default({}),
  log: z
    .object({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
      /** Absent: standard output. */
      file: z.string().optional(),
    })
    .default({ level: 'info' }),
});

export type BaseConfig = z.infer<typeof baseConfigSchema>;

/** Reads and checks a JSON configuration file; a `Configuration.Invalid` error names the file and every wrong key. */
export function loadConfig<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new MalleeError('Configuration.Invalid', `${file}: ${text}`, { cause });
  }
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new MalleeError('Configuration.Invalid', `${file}: ${problems.join('; ')}`, { details: { file, problems } });
}

/** Own key and certificate as PEM text. */
export function loadIdentity(config: Pick<BaseConfig, 'keys'>): { privateKeyPem: string; certificatePem: string } {
  return { privateKeyPem: readPem(config.keys.privateKey), certificatePem: readPem(config.keys.certificate) };
}

/**
 * The trusted certificates of one role as PEM texts, one certificate each, read at each call so that a new file needs no restart. A
 * file may hold several: while a peer changes its key, the old certificate and the new one.
 */
export function loadTrusted(config: Pick<BaseConfig, 'trust'>, role: Role): string[] {
  return (config.trust[role] ?? []).flatMap((file) => splitCertificates(readPem(file)));
}
