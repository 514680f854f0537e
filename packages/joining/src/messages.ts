import { z } from 'zod';
import { joinRoles } from './roles.js';

/** Path of the endpoint; the version of the protocol is in it. */
export const JOIN_PATH = '/join/v1';
export const ROTATE_PATH = '/join/v1/rotate';
export const MAXIMUM_MESSAGE_BYTES = 65_536;

const host = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/, 'a host name or address');
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, '1 to 32 letters, digits, _ and -');
const pem = z.string().max(16_384);

/** What the new host sends. */
export const joinRequestSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  secret: z.string().min(1).max(100),
  role: z.enum(joinRoles),
  /** Its clock, ISO 8601. */
  time: z.iso.datetime(),
  /** Self-signed, PEM: what is registered. */
  certificate: pem,
  /** PKCS#10 of the same key whose challenge is the id of the token, PEM. */
  signingRequest: pem,
  /** Wanted name; absent: the next free one. */
  name: name.optional(),
  /** Where the new daemon will be reached. */
  host,
  port: z.number().int().min(1).max(65_535),
  /** Whether it listens with TLS. */
  tls: z.boolean(),
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;

const certificates = z.array(z.string().min(1)).min(1);
const url = z.url({ protocol: /^https?$/ });

/** Registered address of the new component, without path. */
const registered = { name, url };

const network = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('bridge'), bridge: z.string() }),
  z.object({ mode: z.literal('user'), subnet: z.string() }),
]);

/** What a new component has to know, by its role. It comes over a connection whose other end the token named. */
export const joinAnswerSchema = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('node'),
    ...registered,
    cluster: z.string(),
    clusterUrl: url,
    /** PEM texts of the cluster controller. */
    clusterCertificates: certificates,
    /** Where images come from; empty: wherever the cluster says. */
    imageUrlPrefixes: z.array(z.string()),
    network,
    /** Tells the domains of this cloud from those of others on a host. */
    domainTag: z.string(),
  }),
  z.object({
    role: z.enum(['cluster', 'storage', 'walrus']),
    ...registered,
    /** The zone. */
    cluster: z.string(),
    cloudUrl: url,
    cloudCertificates: certificates,
    /** Base URL of Walrus, if one is registered. */
    walrusUrl: url.optional(),
  }),
]);
export type JoinAnswer = z.infer<typeof joinAnswerSchema>;
export type NodeAnswer = Extract<JoinAnswer, { role: 'node' }>;
export type CloudAnswer = Exclude<JoinAnswer, { role: 'node' }>;

/** A component that has a key asks for another one; see rotation.ts for what is signed. */
export const rotateRequestSchema = z.object({
  role: z.enum(joinRoles),
  name,
  time: z.iso.datetime(),
  /** add: trust the new certificate beside the old. retire: trust it alone. */
  step: z.enum(['add', 'retire']),
  certificate: pem,
  /** PKCS#10 of the new key. */
  signingRequest: pem,
  /** Base64 of the signature of a key that is registered for the component: the old one to add, the new one to retire the old. */
  signature: z.string().max(2048),
});
export type RotateRequest = z.infer<typeof rotateRequestSchema>;
