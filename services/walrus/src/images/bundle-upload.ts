import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Headers } from '@mallee/aws-signatures';
import { putObject } from '../operations/put-object.js';
import type { S3Services } from '../s3/context.js';
import { policyUpload } from '../s3/upload-policy.js';
import { checkBundleBucket } from './bundle-bucket.js';

export interface BundleUpload {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Those of the request that count. */
  readonly headers: Headers;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly bucket: string;
  /** Left out: the request is about the bucket. */
  readonly key: string | undefined;
}

/**
 * Stores a file of a bundle that a node made for a user (BundleInstance), under the policy of that user; and tells before whether the bucket
 * is there.
 */
export type BundleReceiver = (upload: BundleUpload) => Promise<void>;

/**
 * The node has no rights in S3: what it uploads is an upload of the user whose policy it brings, and belongs to him. Rejects as
 * `policyUpload` and `putObject`, or `checkBundleBucket` do.
 */
export function createBundleReceiver(services: S3Services): BundleReceiver {
  return async ({ request, response, headers, rawPath, rawQuery, bucket, key }) => {
    const requestId = String(response.getHeader('x-amz-request-id'));
    const nobody = { caller: undefined, payload: { kind: 'unsigned' as const }, query: new Map<string, string>() };
    const anonymous = { services, request, response, headers, requestId, rawPath, ...nobody };
    if (key === undefined) return await checkBundleBucket({ ...anonymous, bucketName: bucket }, rawQuery);
    await putObject(await policyUpload(anonymous, { bucket, key }));
  };
}
