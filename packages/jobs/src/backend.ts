import { createPostgresBackend, createRedisBackend, DelayedError, withBackend } from 'bullmq';
import type { Job, RedisOptions } from 'bullmq';
import { MalleeError } from '@mallee/errors';

/** Where the queues live. */
export interface QueueAddress {
  /** `redis://[user:password@]host:port[/db]`, `rediss://...`, `redis+unix:///socket` or `postgres://...`. */
  readonly queueUrl: string;
  /** Keeps clouds apart that share a server; default: a random one that the schema keeps. */
  readonly prefix?: string;
}

/** A complete address. */
export type PrefixedAddress = Required<QueueAddress>;

/** What travels through the queue: only where to look. Data and progress stay in Postgres. */
export interface Pointer {
  readonly runId: number;
}

/** The producing side of one queue. */
export interface JobQueue {
  /** Adding a run that is in the queue already does nothing. */
  add(runs: readonly { runId: number; name: string }[]): Promise<void>;
  /** Makes a delayed run due now, if it is there. */
  promote(runId: number): Promise<void>;
  close(): Promise<void>;
}

/** The consuming side: `handle` resolves with the milliseconds until the run is to be looked at again, or undefined. */
export interface ConsumerOptions {
  readonly concurrency: number;
  /** After this long without a heartbeat of its worker a job is given to another one. */
  readonly lockMs: number;
  readonly handle: (runId: number) => Promise<number | undefined>;
  readonly onError: (error: Error) => void;
}

export interface Consumer {
  /** Takes no new job and waits for those that run. */
  close(): Promise<void>;
}

const redisClasses = withBackend(createRedisBackend);
const postgresClasses = withBackend(createPostgresBackend);

/** BullMQ accepts no purely numeric job id. */
function bullId(runId: number): string {
  return `run-${runId}`;
}

function fullName(address: PrefixedAddress, queue: string): string {
  const name = `${address.prefix}.${queue}`;
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(name)) {
    throw new MalleeError('Configuration.Invalid', `"${name}" is no queue name: use letters, digits, dot, dash and _`);
  }
  return name;
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url);
}

export async function openQueue(
  address: PrefixedAddress,
  queue: string,
  onError: (error: Error) => void,
): Promise<JobQueue> {
  const name = fullName(address, queue);
  const opened = isPostgres(address.queueUrl)
    ? new postgresClasses.Queue<Pointer>(name, { connection: postgresOptions(address.queueUrl, 2) })
    : // Fails at once when Redis is away: the outbox tries again later.
      new redisClasses.Queue<Pointer>(name, {
        connection: { ...redisOptions(address.queueUrl), maxRetriesPerRequest: 1 },
        streams: { events: { maxLen: 100 } },
      });
  opened.on('error', onError);
  try {
    await opened.waitUntilReady();
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
  return {
    add: async (runs) => {
      const options = { removeOnComplete: true, removeOnFail: true };
      await opened.addBulk(
        runs.map(({ runId, name }) => ({ name, data: { runId }, opts: { ...options, jobId: bullId(runId) } })),
      );
    },
    promote: async (runId) => {
      const job = await opened.getJob(bullId(runId));
      if (job !== undefined && (await job.isDelayed())) await job.promote();
    },
    close: () => opened.close(),
  };
}

export async function startConsumer(
  address: PrefixedAddress,
  queue: string,
  options: ConsumerOptions,
): Promise<Consumer> {
  const settings = {
    concurrency: options.concurrency,
    lockDuration: options.lockMs,
    stalledInterval: Math.max(500, options.lockMs / 2),
    // A run that crashes its worker again and again is ended by its deadline, not by the queue.
    maxStalledCount: 1_000_000,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  };
  const processor = async (job: Job<Pointer>, token?: string): Promise<void> => {
    const again = await options.handle(job.data.runId);
    if (again === undefined) return;
    await job.moveToDelayed(Date.now() + Math.max(1, again), token);
    throw new DelayedError();
  };
  const name = fullName(address, queue);
  const worker = isPostgres(address.queueUrl)
    ? new postgresClasses.Worker<Pointer, void>(name, processor, {
        connection: postgresOptions(address.queueUrl, 4),
        ...settings,
      })
    : new redisClasses.Worker<Pointer, void>(name, processor, {
        connection: { ...redisOptions(address.queueUrl), maxRetriesPerRequest: null },
        ...settings,
      });
  worker.on('error', options.onError);
  worker.on('failed', (_job, error) => options.onError(error));
  await worker.waitUntilReady();
  return { close: () => worker.close() };
}

/** Every opener migrates: BullMQ's advisory lock makes parallel starts safe. */
function postgresOptions(url: string, max: number): { connectionString: string; max: number; migrate: true } {
  return { connectionString: url, max, migrate: true };
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
