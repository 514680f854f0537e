import { dirname, isAbsolute, resolve } from 'node:path';
import { loadConfig, roles, type Role } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { configFile } from '../config-file.js';

const schema = z.object({
  name: z.string(),
  keys: z.object({ privateKey: z.string(), certificate: z.string() }),
  trust: z.partialRecord(z.enum(roles), z.array(z.string())).default({}),
  /** Of a cluster controller. */
  nodes: z.array(z.object({ url: z.string(), certificate: z.string().optional() })).optional(),
  cluster: z.string().optional(),
  glKeys: z.object({ nodeCertificate: z.string() }).optional(),
  peers: z.array(z.object({ certificate: z.string() })).default([]),
  databaseUrl: z.string().optional(),
  /** Of a cloud controller, whose components are in its database. */
  region: z.string().optional(),
  bootstrap: z.unknown().optional(),
});

/** What the keys commands look at in the configuration of any daemon; paths are absolute. */
export type DaemonConfig = z.infer<typeof schema> & { readonly file: string };

/** @throws Command.Invalid, Configuration.Invalid */
export function loadDaemonConfig(given: string): DaemonConfig {
  const file = configFile(given);
  const config = loadConfig(file, schema);
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(dirname(file), path));
  const { privateKey, certificate } = config.keys;
  return {
    ...config,
    file,
    keys: { privateKey: at(privateKey), certificate: at(certificate) },
    trust: Object.fromEntries(Object.entries(config.trust).map(([role, files]) => [role, files.map(at)])),
  };
}

/** The first trust file of a role. @throws Configuration.Invalid when the configuration names none */
export function trustFile({ trust, file }: DaemonConfig, role: Role): string {
  const found = trust[role]?.[0];
  if (found !== undefined) return found;
  throw new MalleeError(
    'Configuration.Invalid',
    `${file} has no trust.${role}: set it to the file for that certificate`,
  );
}
