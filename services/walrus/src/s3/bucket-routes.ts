import { getBucketAcl, putBucketAcl } from '../operations/bucket-acl.js';
import { deleteBucketCors, getBucketCors, putBucketCors } from '../operations/bucket-cors.js';
import { deleteBucketEncryption, getBucketEncryption, putBucketEncryption } from '../operations/bucket-encryption.js';
import { deleteBucketLifecycle, getBucketLifecycle, putBucketLifecycle } from '../operations/bucket-lifecycle.js';
import { getBucketLogging, putBucketLogging } from '../operations/bucket-logging.js';
import { getBucketNotification, putBucketNotification } from '../operations/bucket-notification.js';
import { getObjectLockConfiguration, putObjectLockConfiguration } from '../operations/bucket-object-lock.js';
import {
  deleteBucketOwnershipControls,
  getBucketOwnershipControls,
  putBucketOwnershipControls,
} from '../operations/bucket-ownership-controls.js';
import {
  deleteBucketPolicy,
  getBucketPolicy,
  getBucketPolicyStatus,
  putBucketPolicy,
} from '../operations/bucket-policy.js';
import {
  deletePublicAccessBlock,
  getPublicAccessBlock,
  putPublicAccessBlock,
} from '../operations/bucket-public-access-block.js';
import { getBucketRequestPayment, putBucketRequestPayment } from '../operations/bucket-request-payment.js';
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from '../operations/bucket-tagging.js';
import { getBucketVersioning, putBucketVersioning } from '../operations/bucket-versioning.js';
import { createBucket } from '../operations/create-bucket.js';
import { deleteBucket } from '../operations/delete-bucket.js';
import { deleteObjects } from '../operations/delete-objects.js';
import { getBucketLocation } from '../operations/get-bucket-location.js';
import { getBucketReplication, getBucketWebsite } from '../operations/get-absent-configuration.js';
import { headBucket } from '../operations/head-bucket.js';
import { listMultipartUploads } from '../operations/list-multipart-uploads.js';
import { listObjectVersions } from '../operations/list-object-versions.js';
import { listObjectsV2 } from '../operations/list-objects-v2.js';
import { listObjects } from '../operations/list-objects.js';
import { postObject } from '../operations/post-object.js';
import type { BucketContext } from './context.js';

/** Method and selector of a request about a bucket, and its operation. */
export const BUCKET_ROUTES: Readonly<Record<string, (context: BucketContext) => Promise<void>>> = {
  'DELETE ': deleteBucket,
  'DELETE cors': deleteBucketCors,
  'DELETE encryption': deleteBucketEncryption,
  'DELETE lifecycle': deleteBucketLifecycle,
  'DELETE ownershipControls': deleteBucketOwnershipControls,
  'DELETE policy': deleteBucketPolicy,
  'DELETE publicAccessBlock': deletePublicAccessBlock,
  'DELETE tagging': deleteBucketTagging,
  'GET ': listObjects,
  'GET acl': getBucketAcl,
  'GET cors': getBucketCors,
  'GET encryption': getBucketEncryption,
  'GET lifecycle': getBucketLifecycle,
  'GET list-type': listObjectsV2,
  'GET location': getBucketLocation,
  'GET logging': getBucketLogging,
  'GET notification': getBucketNotification,
  'GET object-lock': getObjectLockConfiguration,
  'GET ownershipControls': getBucketOwnershipControls,
  'GET policy': getBucketPolicy,
  'GET policyStatus': getBucketPolicyStatus,
  'GET publicAccessBlock': getPublicAccessBlock,
  'GET replication': getBucketReplication,
  'GET requestPayment': getBucketRequestPayment,
  'GET tagging': getBucketTagging,
  'GET uploads': listMultipartUploads,
  'GET versioning': getBucketVersioning,
  'GET versions': listObjectVersions,
  'GET website': getBucketWebsite,
  'HEAD ': headBucket,
  'POST ': postObject,
  'POST delete': deleteObjects,
  'PUT ': createBucket,
  'PUT acl': putBucketAcl,
  'PUT cors': putBucketCors,
  'PUT encryption': putBucketEncryption,
  'PUT lifecycle': putBucketLifecycle,
  'PUT logging': putBucketLogging,
  'PUT notification': putBucketNotification,
  'PUT object-lock': putObjectLockConfiguration,
  'PUT ownershipControls': putBucketOwnershipControls,
  'PUT policy': putBucketPolicy,
  'PUT publicAccessBlock': putPublicAccessBlock,
  'PUT requestPayment': putBucketRequestPayment,
  'PUT tagging': putBucketTagging,
  'PUT versioning': putBucketVersioning,
};
