import { isIPv6 } from 'node:net';
import { usageError } from './usage-error.js';

/** The URL of the endpoint from `--url` or from `--host HOST[:PORT]` and `--tls`. */
export function endpointUrl(
  { host, url, tls = false }: { readonly host?: string; readonly url?: string; readonly tls?: boolean },
  path: string,
  defaultPort: number | undefined,
): string {
  if ((host === undefined) === (url === undefined)) throw usageError('give either --host or --url');
  if (url !== undefined) return url;
  const name = host ?? '';
  const match = isIPv6(name) ? null : /^(.+):(\d{1,5})$/.exec(name);
  const [address, port] = match === null ? [name, defaultPort] : [match[1] ?? '', match[2]];
  if (port === undefined) throw usageError('several daemons offer this service: give --host HOST:PORT');
  const origin = `${tls ? 'https' : 'http'}://${isIPv6(address) ? `[${address}]` : address}:${port}`;
  if (/[/@?#]/.test(name) || !URL.canParse(origin)) throw usageError(`${name} is not HOST or HOST:PORT`);
  return origin + path;
}
