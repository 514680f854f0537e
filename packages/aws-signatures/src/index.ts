export { authenticateEc2Query, type Ec2Authentication, type Ec2Request } from './ec2.js';
export {
  headerValue,
  signedRequestOf,
  splitTarget,
  type Headers,
  type KeyHolder,
  type KeyLookup,
  type SignedRequest,
} from './request.js';
export { presignS3V2, signEc2QueryV2, signS3V2, type Credentials, type QueryToSign, type S3ToSign } from './sign-v2.js';
export { presignV4, signV4, type V4ToSign } from './sign-v4.js';
