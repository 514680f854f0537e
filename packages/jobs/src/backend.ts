import { createPostgresBackend, createRedisBackend, DelayedError, withBackend } from 'bullmq';
import type { Job } from 'bullmq';
import { MalleeError } from '@mallee/errors';
import { openRedis, type RedisClients } from './redis-clients.js';
import { within } from './within.js';

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
  // Fails at once when Redis is away: the outbox tries again later.
  const redis = isPostgres(address.queueUrl) ? undefined : openRedis(address.queueUrl, { maxRetriesPerRequest: 1 });
  const opened =
    redis === undefined
      ? new postgresClasses.Queue<Pointer>(name, { connection: postgresOptions(address.queueUrl, 2) })
      : new redisClasses.Queue<Pointer>(name, { connection: redis.client, streams: { events: { maxLen: 100 } } });
  opened.on('error', onError);
  const close = (): Promise<void> => closeBounded(() => opened.close(), redis);
  try {
    await within(ANSWER_MS, `open queue ${name}`, opened.waitUntilReady());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    add: async (runs) => {
      const options = { removeOnComplete: true, removeOnFail: true };
      const jobs = runs.map(({ runId, name: job }) => {
        return { name: job, data: { runId }, opts: { ...options, jobId: bullId(runId) } };
      });
      await within(ANSWER_MS, `add to queue ${name}`, opened.addBulk(jobs));
    },
    promote: async (runId) => {
      const promotion = async (): Promise<void> => {
        const job = await opened.getJob(bullId(runId));
        if (job !== undefined && (await job.isDelayed())) await job.promote();
      };
      await within(ANSWER_MS, `promote in queue ${name}`, promotion());
    },
    close,
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
  const active = new Set<Promise<unknown>>();
  const processor = async (job: Job<Pointer>, token?: string): Promise<void> => {
    const handling = options.handle(job.data.runId);
    active.add(handling);
    const again = await handling.finally(() => active.delete(handling));
    if (again === undefined) return;
    await job.moveToDelayed(Date.now() + Math.max(1, again), token);
    throw new DelayedError();
  };
  const name = fullName(address, queue);
  const redis = isPostgres(address.queueUrl) ? undefined : openRedis(address.queueUrl, { maxRetriesPerRequest: null });
  const worker =
    redis === undefined
      ? new postgresClasses.Worker<Pointer, void>(name, processor, {
          connection: postgresOptions(address.queueUrl, 4),
          ...settings,
        })
      : new redisClasses.Worker<Pointer, void>(name, processor, { connection: redis.client, ...settings });
  worker.on('error', options.onError);
  worker.on('failed', (_job, error) => options.onError(error));
  // A server that is away now is waited for in the background.
  await within(ANSWER_MS, `start worker of ${name}`, worker.waitUntilReady()).catch(options.onError);
  return {
    close: async () => {
      // Without its server BullMQ would wait for ever for what it has asked.
      const closing = worker.close(redis !== undefined && redis.client.status !== 'ready');
      // The handlers end by themselves; only what the queue server owes us is bounded.
      await Promise.allSettled(active);
      await closeBounded(() => closing, redis);
    },
  };
}

/** How long the queue server may take to answer. */
const ANSWER_MS = 5000;
/** How long connections may take to be closed in an orderly way. */
const CLOSE_MS = 3000;

async function closeBounded(close: () => Promise<void>, redis: RedisClients | undefined): Promise<void> {
  await within(CLOSE_MS, 'close the queue', close()).catch(() => undefined);
  redis?.cut();
}

/** Every opener migrates: BullMQ's advisory lock makes parallel starts safe. */
function postgresOptions(url: string, max: number): { connectionString: string; max: number; migrate: true } {
  return { connectionString: url, max, migrate: true };
}
