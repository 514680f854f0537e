import { readFileSync } from 'node:fs';
import type { Logger, Metrics } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import type { AccountDirectory } from '../accounts/account-directory.js';
import type { ImageService } from '../image-service.js';
import type { ObjectReader } from '../storage/object-reader.js';
import type { ObjectReplacer } from '../storage/replace-content.js';
import { answerNode } from './node-requests.js';
import { ImageCache } from './image-cache.js';
import { imageOperations } from './image-operations.js';
import { ImageStore } from './image-store.js';

const MINUTE = 60_000;

export interface ImageServiceConfig {
  readonly imageCacheDirectory: string;
  readonly imageCacheMaxBytes: number;
  /** PEM files of the key pair that bundles are encrypted for. */
  readonly imageKey: { readonly privateKey: string; readonly certificate: string };
}

export interface ImageServiceOptions {
  readonly objects: ObjectReader;
  /** Writes a manifest that ValidateImage has signed. */
  readonly replaceObject: ObjectReplacer;
  /** PEM texts of the registered nodes, asked for each image. */
  readonly nodeCertificates: () => readonly string[];
  readonly accounts: Pick<AccountDirectory, 'certificatesOf'>;
  readonly config: ImageServiceConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Bytes that stay free on the disk of the cache; default 512 MiB. */
  readonly minFreeBytes?: number;
  /** How long an unused decrypted image is kept; default 6 hours. */
  readonly idleMs?: number;
  /** How long a request waits for a decryption; default 9 minutes, so that the node hears of it in time. */
  readonly waitMs?: number;
}

export interface RunningImageService extends ImageService {
  close(): void;
}

/** The image half of Walrus. Throws `Configuration.Invalid` if the image key cannot be read. */
export function createImageService(options: ImageServiceOptions): RunningImageService {
  const { config, logger, metrics, objects, accounts, nodeCertificates, replaceObject } = options;
  const cache = new ImageCache({
    directory: config.imageCacheDirectory,
    maxBytes: config.imageCacheMaxBytes,
    minFreeBytes: options.minFreeBytes ?? 512 * 1024 * 1024,
    idleMs: options.idleMs ?? 6 * 60 * MINUTE,
    waitMs: options.waitMs ?? 9 * MINUTE,
    logger,
  });
  const sources = {
    objects,
    accounts,
    nodeCertificates,
    privateKeyPem: readPem(config.imageKey.privateKey),
    certificatePem: readPem(config.imageKey.certificate),
    maxImageBytes: config.imageCacheMaxBytes,
  };
  const store = new ImageStore(sources, cache, { logger, metrics });
  const report = (error: unknown) => logger.warn({ err: error }, 'the image cache cannot be tidied');
  cache.load().catch(report);
  const timer = setInterval(() => void cache.dropIdle().catch(report), 10 * MINUTE);
  timer.unref();
  return {
    walrusHandlers: imageOperations(store),
    handleRest: (request, response, target) =>
      answerNode({ store, replaceObject, logger }, { request, response }, target),
    close: () => clearInterval(timer),
  };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new MalleeError('Configuration.Invalid', `imageKey: cannot read ${file}`, { cause, details: { file } });
  }
}
