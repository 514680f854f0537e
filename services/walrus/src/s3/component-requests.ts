import { pipeline } from 'node:stream/promises';
import { headerValue, verifyEuca2Rest } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { ImageService } from '../image-service.js';
import type { ObjectReader } from '../storage/object-reader.js';
import type { ComponentHandler } from './handler.js';

export interface ComponentRequestOptions {
  /** PEM texts of the registered node certificates, asked for each request. */
  readonly trustedNodes: () => readonly string[];
  readonly images: Pick<ImageService, 'handleRest'>;
  readonly objects: ObjectReader;
  readonly now: () => Date;
}

/**
 * Requests signed by a registered node (EUCA2-RSA-SHA256). A node may have an image decrypted for it and read manifests;
 * it is no user and may nothing else. Only signed headers are looked at.
 */
export function createComponentHandler(options: ComponentRequestOptions): ComponentHandler {
  return async (signed, { request, response }, target) => {
    const trusted = options.trustedNodes().map((certificatePem) => ({ certificatePem, role: 'node' as const }));
    const { headers } = verifyEuca2Rest(signed, trusted, options.now());
    const operation = headerValue(headers, 'eucaoperation');
    if (request.method !== 'GET') throw new MalleeError('MethodNotAllowed', 'Nodes only read.');
    if (operation !== undefined) {
      await options.images.handleRest(request, response, { ...target, operation });
      return;
    }
    if (!target.key.endsWith('.manifest.xml')) throw new MalleeError('AccessDenied', 'Access Denied');
    const object = await options.objects.openObject(target.bucket, target.key);
    if (object === undefined) throw new MalleeError('NoSuchKey', 'The specified key does not exist.');
    response.writeHead(200, {
      'content-type': 'application/xml',
      'content-length': object.size,
      etag: `"${object.etag}"`,
    });
    await pipeline(object.stream(), response);
  };
}
