import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import {
  headerValue,
  isEuca2Rest,
  isEucaRsaSha1,
  verifyEuca2Rest,
  verifyEucaRsaSha1,
  type SignedRequest,
} from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { ImageService } from '../image-service.js';
import type { BundleReceiver } from '../images/bundle-upload.js';
import type { ObjectReader } from '../storage/object-reader.js';
import { AddressBindings } from './address-bindings.js';
import type { ComponentHandler } from './handler.js';
import { hasUploadPolicy } from './upload-policy.js';

export interface ComponentRequestOptions {
  /** PEM texts of the registered node certificates, asked for each request. */
  readonly trustedNodes: () => readonly string[];
  readonly images: Pick<ImageService, 'handleRest'>;
  readonly objects: ObjectReader;
  readonly receiveBundle: BundleReceiver;
  readonly now: () => Date;
  /** Nodes that sign as Eucalyptus 2.0 did. Left out: they are refused. */
  readonly originals?: {
    /** Zone of their dates, which name none, in minutes east of UTC; left out: that of this process. */
    readonly utcOffsetMinutes?: number | undefined;
  };
}

/** True if the request claims to come from a component of the cloud. */
export function isComponentRequest(request: SignedRequest): boolean {
  return isEuca2Rest(request) || isEucaRsaSha1(request);
}

/**
 * Requests signed by a registered node: EUCA2-RSA-SHA256, or the form of 2.0. A node may have images decrypted and validated and read
 * manifests, store a bundle where a policy of a user lets it, and ask whether the bucket for it is there; it is no user and may nothing else. Of the newer form only signed
 * headers are looked at. The older one covers no header, so whoever sees a request can turn one of these into another for 15 minutes;
 * from another address it is refused. An upload counts again (a node that tries anew) only with the same Content-MD5.
 */
export function createComponentHandler(options: ComponentRequestOptions): ComponentHandler {
  const bindings = new AddressBindings();
  const verifiedHeaders = (signed: SignedRequest, address: string): SignedRequest['headers'] => {
    const now = options.now();
    const trusted = options.trustedNodes().map((certificatePem) => ({ certificatePem, role: 'node' as const }));
    if (isEuca2Rest(signed)) return verifyEuca2Rest(signed, trusted, now).headers;
    if (options.originals === undefined) {
      throw new MalleeError('AccessDenied', 'Signatures of Eucalyptus 2.0 are not accepted here.');
    }
    const { signature } = verifyEucaRsaSha1(signed, trusted, now, options.originals.utcOffsetMinutes);
    const body = hasUploadPolicy(signed.headers) ? (headerValue(signed.headers, 'content-md5') ?? randomUUID()) : '';
    bindings.require(signature, `${address} ${body}`, now.getTime());
    return signed.headers;
  };
  return async (signed, { request, response }, { bucket, key }) => {
    const headers = verifiedHeaders(signed, request.socket.remoteAddress ?? '');
    const { rawPath, rawQuery } = signed;
    if (key === undefined) {
      await options.receiveBundle({ request, response, headers, rawPath, rawQuery, bucket, key });
      return;
    }
    const target = { bucket, key };
    const operation = headerValue(headers, 'eucaoperation');
    if (request.method !== 'GET' && request.method !== 'PUT') throw notAllowed();
    if (operation !== undefined) {
      await options.images.handleRest(request, response, { ...target, operation });
      return;
    }
    if (request.method === 'PUT' && rawQuery === '' && hasUploadPolicy(headers)) {
      // Whether to wait for a 100 is no part of what is signed.
      const expected = { ...headers, expect: signed.headers['expect'] };
      await options.receiveBundle({ request, response, headers: expected, rawPath, rawQuery, ...target });
      return;
    }
    if (request.method !== 'GET') throw notAllowed();
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

function notAllowed(): MalleeError {
  return new MalleeError('MethodNotAllowed', 'Nodes only read, and upload bundles under a policy.');
}
