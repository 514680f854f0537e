import { listenSchema } from '@mallee/daemon';
import { z } from 'zod';

/** `joining` in the configuration of a cluster or cloud controller; without it nobody can join. */
export const joiningSchema = z.object({
  /** How new hosts reach the endpoint: https://HOST:PORT. It stands in the tokens. */
  url: z.url({ protocol: /^https$/ }),
  /** A port of its own, with TLS by the daemon's key pair unless `tls` names another; absent: the daemon's listener, which then needs TLS. */
  listen: listenSchema.optional(),
  /** What the new components call this daemon: http(s)://HOST:PORT. Default: the host of `url`, the port of `listen`. */
  serviceUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Only for nodes: base URL of Walrus, from where they fetch images; absent: wherever the cluster says. */
  walrusUrl: z.url({ protocol: /^https?$/ }).optional(),
});
export type JoiningSettings = z.infer<typeof joiningSchema>;

/** The parts of a daemon's configuration that joining looks at. */
export interface JoinableConfig {
  readonly listen: z.infer<typeof listenSchema> & { readonly addresses?: readonly string[] | undefined };
  readonly keys: { readonly privateKey: string; readonly certificate: string };
  readonly joining?: JoiningSettings | undefined;
}

/** The TLS files of the endpoint; undefined when its listener has no TLS. */
export function endpointTls(config: JoinableConfig): { key: string; certificate: string } | undefined {
  const { joining, listen, keys } = config;
  if (joining?.listen === undefined) return listen.tls;
  return joining.listen.tls ?? { key: keys.privateKey, certificate: keys.certificate };
}

/** What new components call the daemon. */
export function serviceUrl({ joining, listen }: JoinableConfig): string {
  if (joining?.serviceUrl !== undefined) return new URL(joining.serviceUrl).origin;
  const { hostname } = new URL(joining?.url ?? 'https://localhost');
  return `${listen.tls === undefined ? 'http' : 'https'}://${hostname}:${String(listen.port)}`;
}

/** Whether the daemon takes messages for what new components call it (`listen.addresses`). */
export function takesServiceUrl(config: JoinableConfig): boolean {
  const { addresses } = config.listen;
  const called = serviceUrl(config);
  return addresses === undefined || addresses.some((address) => new URL(address).origin === new URL(called).origin);
}
