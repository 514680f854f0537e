import { abortMultipartUpload } from '../operations/abort-multipart-upload.js';
import { completeMultipartUpload } from '../operations/complete-multipart-upload.js';
import { copyObject } from '../operations/copy-object.js';
import { createMultipartUpload } from '../operations/create-multipart-upload.js';
import { deleteObject } from '../operations/delete-object.js';
import { getObjectAttributes } from '../operations/get-object-attributes.js';
import { getObject } from '../operations/get-object.js';
import { listParts } from '../operations/list-parts.js';
import { getObjectAcl, putObjectAcl } from '../operations/object-acl.js';
import { getObjectLegalHold, putObjectLegalHold } from '../operations/object-legal-hold.js';
import { getObjectRetention, putObjectRetention } from '../operations/object-retention.js';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from '../operations/object-tagging.js';
import { putObject } from '../operations/put-object.js';
import { uploadPartCopy } from '../operations/upload-part-copy.js';
import { uploadPart } from '../operations/upload-part.js';
import type { ObjectContext } from './context.js';

/** Method and selector of a request about an object, and its operation. `copy` stands for a copy source in the headers. */
export const OBJECT_ROUTES: Readonly<Record<string, (context: ObjectContext) => Promise<void>>> = {
  'DELETE ': deleteObject,
  'DELETE tagging': deleteObjectTagging,
  'DELETE uploadId': abortMultipartUpload,
  'GET ': getObject,
  'GET acl': getObjectAcl,
  'GET attributes': getObjectAttributes,
  'GET legal-hold': getObjectLegalHold,
  'GET retention': getObjectRetention,
  'GET tagging': getObjectTagging,
  'GET uploadId': listParts,
  'HEAD ': getObject,
  'POST uploadId': completeMultipartUpload,
  'POST uploads': createMultipartUpload,
  'PUT ': putObject,
  'PUT acl': putObjectAcl,
  'PUT copy': copyObject,
  'PUT legal-hold': putObjectLegalHold,
  'PUT retention': putObjectRetention,
  'PUT tagging': putObjectTagging,
  'PUT uploadId': uploadPart,
  'PUT uploadId copy': uploadPartCopy,
};
