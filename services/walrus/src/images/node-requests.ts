import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import type { ObjectReplacer } from '../storage/replace-content.js';
import { getDecryptedImage } from './get-decrypted-image.js';
import type { ImageStore } from './image-store.js';
import { parseImageLocation } from './location.js';

export interface NodeRequestParts {
  readonly store: ImageStore;
  readonly replaceObject: ObjectReplacer;
  readonly logger: Logger;
}

/**
 * The image operations that nodes ask for by REST, named by the header EucaOperation in any case. GetDecryptedImage is a GET;
 * ValidateImage, which changes the manifest, a PUT or, as it may come from originals, a GET. Rejects with `NotImplemented` for another
 * operation, `MethodNotAllowed`, and what the operation fails with.
 */
export async function answerNode(
  { store, replaceObject, logger }: NodeRequestParts,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  target: { readonly bucket: string; readonly key: string; readonly operation: string },
): Promise<void> {
  switch (target.operation.toLowerCase()) {
    case 'getdecryptedimage': {
      if (request.method !== 'GET') throw new MalleeError('MethodNotAllowed', 'An image is read with GET.');
      await getDecryptedImage(store, logger, request, response, target);
      return;
    }
    case 'validateimage': {
      await store.validate(parseImageLocation(`${target.bucket}/${target.key}`), replaceObject);
      sendXml(response, 200, s3Document('ValidateImageResponse', field('success', true)));
      return;
    }
    default:
      throw new MalleeError('NotImplemented', `EucaOperation ${target.operation.slice(0, 80)} is not served here.`);
  }
}
