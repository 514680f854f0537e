import { Redis, type RedisOptions } from 'ioredis';
import { MalleeError } from '@mallee/errors';

/** A Redis client together with the copies BullMQ makes of it, so that all can be cut off when Redis is away. */
export interface RedisClients {
  readonly client: Redis;
  /** Ends all connections at once, also ones that try to reconnect. */
  cut(): void;
}

export function openRedis(url: string, options: { maxRetriesPerRequest: number | null }): RedisClients {
  const client = new Redis({ ...redisOptions(url), ...options });
  const all = [client];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (override) => {
    const copy = duplicate(override);
    all.push(copy);
    return copy;
  };
  return {
    client,
    cut: () => {
      for (const one of all) one.disconnect();
    },
  };
}

/** Redis options of a URL; throws `Configuration.Invalid` for other URLs. */
export function redisOptions(url: string): RedisOptions {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'redis+unix:' || parsed?.protocol === 'unix:') {
    return { path: decodeURIComponent(parsed.pathname), db: Number(parsed.searchParams.get('db') ?? 0) };
  }
  if (parsed?.protocol !== 'redis:' && parsed?.protocol !== 'rediss:') {
    throw new MalleeError(
      'Configuration.Invalid',
      'the queue URL must start with redis://, redis+unix:// or postgres://',
    );
  }
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(parsed.port || 6379),
    db: Number(parsed.pathname.slice(1) || 0),
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
