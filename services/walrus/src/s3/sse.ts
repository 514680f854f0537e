import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { headerValue, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { Bucket } from '../storage/buckets.js';
import { isCustomerKey, rememberCustomerKey, type Encryption, type Keyring } from '../storage/encryption.js';
import type { S3Context } from './context.js';

const SSE = 'x-amz-server-side-encryption';
const CUSTOMER = `${SSE}-customer`;
const COPY_SOURCE_CUSTOMER = 'x-amz-copy-source-server-side-encryption-customer';
const DEFAULT_KMS_KEY = 'default';

/** How something new is encrypted: what is kept of it, and the key. */
export interface ChosenEncryption {
  readonly encryption: Encryption;
  readonly dataKey: Buffer;
}

/** What the headers of an upload, or else the bucket, ask for; undefined for no encryption. */
export function encryptionOfNewObject(
  context: { readonly headers: Headers; readonly services: Pick<S3Context['services'], 'keys'> },
  bucket: Bucket,
): ChosenEncryption | undefined {
  const { headers, services } = context;
  const customer = customerKeyOf(headers, CUSTOMER);
  const kind = headerValue(headers, SSE);
  const keyId = headerValue(headers, `${SSE}-aws-kms-key-id`);
  if (customer !== undefined) {
    if (kind !== undefined) throw invalid('Server Side Encryption with Customer provided key is incompatible with it');
    return { encryption: rememberCustomerKey(customer), dataKey: customer };
  }
  if (kind === undefined) {
    if (keyId !== undefined) throw invalid('A key id needs x-amz-server-side-encryption: aws:kms.');
    const { encryption } = bucket.settings;
    return encryption === undefined
      ? undefined
      : services.keys.create(encryption.algorithm, encryption.keyId ?? DEFAULT_KMS_KEY);
  }
  if (kind === 'AES256') {
    if (keyId !== undefined) throw invalid('A key id needs x-amz-server-side-encryption: aws:kms.');
    return services.keys.create('AES256');
  }
  if (kind !== 'aws:kms') throw invalid('The encryption method specified is not supported');
  if (keyId === undefined || keyId === '') throw invalid('Server Side Encryption with KMS needs a key id.');
  return services.keys.create('aws:kms', keyId);
}

/** The key to read something by; undefined when it is not encrypted. Throws `InvalidRequest`. */
export function readingKey(
  headers: Headers,
  keys: Keyring,
  encryption: Encryption | undefined,
  from: 'request' | 'copy source' = 'request',
): Buffer | undefined {
  const customer = customerKeyOf(headers, from === 'request' ? CUSTOMER : COPY_SOURCE_CUSTOMER);
  if (encryption?.kind !== 'SSE-C') {
    if (customer !== undefined) {
      throw new MalleeError('InvalidRequest', 'The encryption parameters are not applicable to this object.');
    }
    return encryption === undefined ? undefined : keys.open(encryption);
  }
  if (customer === undefined) {
    throw new MalleeError(
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  }
  if (!isCustomerKey(encryption, customer)) {
    throw new MalleeError(
      'InvalidRequest',
      'The provided encryption key is not the one the object was encrypted with.',
    );
  }
  return customer;
}

/** Requests that only read must not say how to encrypt. */
export function refuseSseOfReader(headers: Headers): void {
  if (headerValue(headers, SSE) === undefined && headerValue(headers, `${SSE}-aws-kms-key-id`) === undefined) return;
  throw invalid('x-amz-server-side-encryption header is not supported for this operation.');
}

/** What an answer says about the encryption of an object. */
export function sseHeaders(encryption: Encryption | undefined, headers: Headers): OutgoingHttpHeaders {
  if (encryption === undefined) return {};
  if (encryption.kind === 'AES256') return { [SSE]: 'AES256' };
  if (encryption.kind === 'aws:kms') return { [SSE]: 'aws:kms', [`${SSE}-aws-kms-key-id`]: encryption.keyId };
  const md5 = headerValue(headers, `${CUSTOMER}-key-md5`);
  return { [`${CUSTOMER}-algorithm`]: 'AES256', ...(md5 === undefined ? {} : { [`${CUSTOMER}-key-md5`]: md5 }) };
}

function customerKeyOf(headers: Headers, prefix: string): Buffer | undefined {
  const algorithm = headerValue(headers, `${prefix}-algorithm`);
  const text = headerValue(headers, `${prefix}-key`);
  const md5 = headerValue(headers, `${prefix}-key-md5`);
  if (algorithm === undefined && text === undefined && md5 === undefined) return undefined;
  if (algorithm !== 'AES256') {
    throw new MalleeError(
      algorithm === undefined ? 'InvalidArgument' : 'InvalidEncryptionAlgorithmError',
      'The encryption request you specified is not valid. The valid value is AES256.',
    );
  }
  if (text === undefined || md5 === undefined) {
    throw invalid('Requests specifying Server Side Encryption with Customer provided keys must provide key and MD5.');
  }
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) throw invalid('The secret key was invalid for the specified algorithm.');
  if (createHash('md5').update(key).digest('base64') !== md5) {
    throw invalid('The calculated MD5 hash of the key did not match the hash that was provided.');
  }
  return key;
}

function invalid(message: string): MalleeError {
  return new MalleeError('InvalidArgument', message);
}
