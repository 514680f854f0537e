import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Headers } from '@mallee/aws-signatures';
import { putObject } from '../operations/put-object.js';
import type { S3Services } from '../s3/context.js';
import { policyUpload } from '../s3/upload-policy.js';

export interface BundleUpload {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Those of the request that count. */
  readonly headers: Headers;
  readonly rawPath: string;
  readonly bucket: string;
  readonly key: string;
}

/** Stores a file of a bundle that a node made for a user (BundleInstance), under the policy of that user. */
export type BundleReceiver = (upload: BundleUpload) => Promise<void>;

/**
 * The node has no rights in S3: what it uploads is an upload of the user whose policy it brings, and belongs to him. Rejects as
 * `policyUpload` and `putObject` do.
 */
export function createBundleReceiver(services: S3Services): BundleReceiver {
  return async ({ request, response, headers, rawPath, bucket, key }) => {
    const requestId = String(response.getHeader('x-amz-request-id'));
    const nobody = { caller: undefined, payload: { kind: 'unsigned' as const }, query: new Map<string, string>() };
    const context = await policyUpload(
      { services, request, response, headers, requestId, rawPath, ...nobody },
      { bucket, key },
    );
    await putObject(context);
  };
}
