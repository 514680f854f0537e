import type { IncomingMessage, ServerResponse } from 'node:http';
import { MalleeError } from '@mallee/errors';
import type { Handlers } from '@mallee/soap-rpc';
import type { MalleeWalrusOperations } from '@mallee/wsdl-types';

/** The image half of Walrus, as the rest of it sees it; `src/images` implements it. */
export interface ImageService {
  /** Operations of the SOAP service MalleeWalrus. */
  readonly walrusHandlers: Handlers<MalleeWalrusOperations>;
  /**
   * Answers a GET with header `EucaOperation` of a verified node, `operation` as sent. A rejection before the answer has
   * begun becomes an S3 error document with the code of the error.
   */
  handleRest(
    request: IncomingMessage,
    response: ServerResponse,
    target: { readonly bucket: string; readonly key: string; readonly operation: string },
  ): Promise<void>;
}

/** Stands in where the image half is not wired: every request for an image is refused. */
export const imagesNotServed: ImageService & { close(): void } = {
  walrusHandlers: {},
  handleRest: () => Promise.reject(new MalleeError('NotImplemented', 'This Walrus serves no images.')),
  close: () => undefined,
};
