import { catalogue, toMalleeError, type ErrorCode, type MalleeError } from '@mallee/errors';
import { xmlDocument } from './xml.js';

/** Status and body of a failed request. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: string;
}

/** Which service the error document belongs to: STS (and IAM) wrap it in another way than EC2. */
export type Dialect = 'ec2' | 'sts';

/**
 * The AWS error document. Codes of EC2 go out as they are; failures of other families (a cluster that does not answer, an
 * image that is wrong) become the EC2 code that clients know, with the typed code at the head of the message.
 */
export function errorAnswer(error: unknown, requestId: string, dialect: Dialect = 'ec2'): ErrorAnswer {
  const { code, status, message } = awsError(toMalleeError(error));
  if (dialect === 'ec2') {
    const content = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
    return { status, body: xmlDocument('Response', '', content) };
  }
  const type = status < 500 ? 'Sender' : 'Receiver';
  const content = { Error: { Type: type, Code: code, Message: message }, RequestId: requestId };
  return { status, body: xmlDocument('ErrorResponse', 'https://sts.amazonaws.com/doc/2011-06-15/', content) };
}

interface AwsError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

const unavailable = new Set([
  'Wire.PeerUnreachable',
  'Wire.PeerTimeout',
  'Wire.PeerBusy',
  'Wire.TlsPinMismatch',
  'Database.Unavailable',
  'ServiceUnavailable',
]);

const missingImage = new Set(['Image.NotFound', 'Image.LocationInvalid', 'NoSuchBucket', 'NoSuchKey']);

/** Codes of the EC2 family, without the reasons of instances (`Server.*`, `Client.*`), which are no error codes. */
function isAwsCode(code: ErrorCode): boolean {
  return catalogue[code].family === 'ec2' && !/^(Server|Client)\./.test(code);
}

/** Code, status and message as AWS clients expect them. */
export function awsError(error: MalleeError): AwsError {
  if (isAwsCode(error.code)) return { code: error.code, status: error.status, message: error.message };
  if (error.code === 'InternalError') {
    return { code: 'InternalError', status: 500, message: 'An internal error has occurred' };
  }
  const message = `${error.code}: ${error.message}`;
  if (unavailable.has(error.code)) return { code: 'Unavailable', status: 503, message };
  if (error.code === 'AccessDenied') return { code: 'AuthFailure', status: 401, message };
  if (missingImage.has(error.code)) {
    return { code: 'InvalidAMIID.Unavailable', status: 400, message };
  }
  if (error.code.startsWith('Image.')) return { code: 'InvalidManifest', status: 400, message };
  if (error.code === 'Wire.LimitExceeded')
    return { code: 'RequestEntityTooLarge', status: 413, message: error.message };
  return { code: 'InternalError', status: 500, message };
}
