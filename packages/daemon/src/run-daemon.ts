import { parseArgs } from 'node:util';
import { MalleeError, toMalleeError } from '@mallee/errors';
import type { z } from 'zod';
import { loadConfig, type BaseConfig } from './config.js';
import { Health } from './health.js';
import { HttpListener } from './http-listener.js';
import { createLogger, type Logger } from './logger.js';
import { Metrics } from './metrics.js';

export interface DaemonContext<Config> {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly http: HttpListener;
}

export interface RunningDaemon {
  stop(): Promise<void>;
}

export interface DaemonDefinition<Schema extends z.ZodType<BaseConfig>> {
  readonly name: string;
  readonly schema: Schema;
  /** Wires the service; the port is opened after it returns. */
  start(context: DaemonContext<z.infer<Schema>>): Promise<RunningDaemon>;
}

const STOP_DEADLINE_MS = 15_000;

/** The `main` of every service: `--config FILE`, start, serve, and on SIGTERM or SIGINT stop cleanly with exit code 0. */
export async function runDaemon<Schema extends z.ZodType<BaseConfig>>(
  definition: DaemonDefinition<Schema>,
): Promise<void> {
  let logger: Logger | undefined;
  try {
    const config = loadConfig(configPath(definition.name), definition.schema);
    logger = createLogger({ name: config.name, ...config.log });
    await serve(definition, config, logger);
  } catch (error) {
    const typed = toMalleeError(error);
    logger?.fatal({ err: error }, 'cannot start');
    process.stderr.write(`${definition.name}: ${typed.code}: ${typed.message}\n  ${typed.remedy}\n`);
    flushAndExit(logger, 1);
  }
}

async function serve<Schema extends z.ZodType<BaseConfig>>(
  definition: DaemonDefinition<Schema>,
  config: z.infer<Schema>,
  logger: Logger,
): Promise<void> {
  const metrics = new Metrics({ daemon: config.name }, { collectProcess: true });
  const health = new Health();
  const http = new HttpListener({ ...config.listen, logger, metrics, health });
  stopOnCrash(logger);
  const running = await definition.start({ config, logger, metrics, health, http });
  const { port } = await http.listen();
  logger.info({ host: config.listen.host, port }, `${definition.name} listens`);
  stopOnSignal(logger, async () => {
    await http.close();
    await running.stop();
  });
}

function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error(`did not stop within ${STOP_DEADLINE_MS} ms`);
      flushAndExit(logger, 1);
    }, STOP_DEADLINE_MS).unref();
    stop().then(
      () => {
        logger.info('stopped');
        flushAndExit(logger, 0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        flushAndExit(logger, 1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** A bug must end the process visibly: state is durable, and whoever supervises it starts it again. */
function stopOnCrash(logger: Logger): void {
  const crash = (error: unknown): void => {
    logger.fatal({ err: error }, 'unexpected failure');
    flushAndExit(logger, 70);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

function flushAndExit(logger: Logger | undefined, code: number): void {
  const exit = (): never => process.exit(code);
  if (logger === undefined) return exit();
  logger.flush(() => exit());
  setTimeout(exit, 500).unref();
}

function configPath(name: string): string {
  const { values } = parseArgs({ options: { config: { type: 'string', short: 'c' } }, strict: true });
  if (values.config === undefined) {
    throw new MalleeError('Configuration.Invalid', `usage: mallee-${name} --config FILE`);
  }
  return values.config;
}
