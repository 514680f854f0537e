export { checksumOfHeader, createChecksum, verifyChecksum, type ChecksumName } from './checksum.js';
export { chunkSignature, trailerSignature, type ChunkSigning } from './chunk-signature.js';
export { AwsChunkedDecoder, type AwsChunkedOptions } from './chunked-decoder.js';
export { combineCrcs } from './combine-crc.js';
export type { RunningChecksum } from './crc.js';
export type { Ec2Request } from './ec2-request.js';
export { authenticateEc2Query, type Ec2Authentication } from './ec2.js';
export {
  certificateFingerprint,
  EUCA2_ALGORITHM,
  isEuca2Rest,
  signEuca2Rest,
  verifyEuca2Rest,
  type Euca2Authentication,
  type TrustedComponent,
} from './euca2-rest.js';
export { readOriginalDate } from './euca2-rsa-sha1-date.js';
export {
  EUCA_AUTHORIZATION,
  isEucaRsaSha1,
  signEucaRsaSha1,
  verifyEucaRsaSha1,
  type EucaRsaSha1Authentication,
} from './euca2-rsa-sha1.js';
export { decodePercent, encodeComponent, splitQuery } from './percent.js';
export {
  headerValue,
  signedRequestOf,
  splitTarget,
  type Headers,
  type KeyHolder,
  type KeyLookup,
  type SignedRequest,
} from './request.js';
export { authenticateS3, S3_MOUNT_POINTS, type S3Authentication, type S3AuthenticationOptions } from './s3.js';
export { authenticateS3Post } from './s3-post.js';
export { presignS3V2, signEc2QueryV2, signS3V2, type Credentials, type QueryToSign, type S3ToSign } from './sign-v2.js';
export { presignV4, signV4, type V4ToSign } from './sign-v4.js';
export type { PayloadRule } from './s3-payload.js';
