import { MalleeError } from '@mallee/errors';

/**
 * Checks that an image address names an allowed place. The cluster is trusted, but the text comes from a user's
 * registration, and the node must not be made to ask other services on its network.
 * @param prefixes allowed beginnings such as `http://walrus:8776/services/Walrus`; empty: any HTTP address
 * @throws Node.ImageFetchFailed
 */
export function checkImageUrl(text: string, prefixes: readonly string[]): URL {
  const refuse = (why: string): never => {
    throw new MalleeError('Node.ImageFetchFailed', `image address ${JSON.stringify(text.slice(0, 200))} ${why}`);
  };
  if (!URL.canParse(text)) return refuse('is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse('is not an HTTP address');
  if (url.username !== '' || url.password !== '') return refuse('carries credentials');
  if (url.hash !== '') return refuse('carries a fragment');
  if (prefixes.length > 0 && !prefixes.some((prefix) => isBelow(url, prefix))) {
    return refuse('is not on a configured image service');
  }
  return url;
}

function isBelow(url: URL, prefix: string): boolean {
  const allowed = new URL(prefix);
  const folder = allowed.pathname.endsWith('/') ? allowed.pathname : `${allowed.pathname}/`;
  // URL has resolved all dot segments; an encoded slash beside dots could still climb for whoever decodes it later.
  const climbs = /\.\.%2f|%2f\.\.|%5c/i.test(url.pathname);
  return url.origin === allowed.origin && url.pathname.startsWith(folder) && !climbs;
}
