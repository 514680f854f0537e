import { isUtf8 } from 'node:buffer';
import { decodePercent, S3_MOUNT_POINTS } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';

/** What a request is about: nothing (the service), a bucket, or an object of it. */
export interface S3Target {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** Set when the bucket was named by the Host header. */
  readonly virtualHostBucket: string | undefined;
}

const MAX_KEY_BYTES = 1024;

/**
 * Takes the undecoded path apart: path style at `/` and below the mount points, or virtual-host style when Host is
 * `BUCKET.domain`. Slashes in keys are kept as they are. Throws `InvalidURI`, `KeyTooLongError`.
 */
export function parseTarget(rawPath: string, host: string, domain: string | undefined): S3Target {
  const path = withoutMount(rawPath);
  const virtualHostBucket = bucketOfHost(host, domain);
  if (virtualHostBucket !== undefined)
    return { bucket: virtualHostBucket, key: keyOf(path.slice(1)), virtualHostBucket };
  const slash = path.indexOf('/', 1);
  const bucketText = path.slice(1, slash === -1 ? undefined : slash);
  if (bucketText === '') {
    if (slash !== -1) throw new MalleeError('InvalidURI', 'The path names no bucket.');
    return { bucket: undefined, key: undefined, virtualHostBucket };
  }
  return {
    bucket: decode(bucketText),
    key: slash === -1 ? undefined : keyOf(path.slice(slash + 1)),
    virtualHostBucket,
  };
}

/** Text of a percent-encoded piece of a URL; throws `InvalidURI` unless it is UTF-8 without NUL. */
export function decode(text: string, plusIsSpace = false): string {
  try {
    return textOfUrl(decodePercent(text, plusIsSpace));
  } catch {
    throw invalidUri();
  }
}

/** Decoded bytes of a URL as text; throws `InvalidURI` unless they are UTF-8 without NUL. */
export function textOfUrl(bytes: Buffer): string {
  if (bytes.includes(0) || !isUtf8(bytes)) throw invalidUri();
  return bytes.toString('utf8');
}

function invalidUri(): MalleeError {
  return new MalleeError('InvalidURI', "Couldn't parse the specified URI.");
}

/** Checks the length of a key. */
export function checkKey(key: string): string {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new MalleeError('KeyTooLongError', 'Your key is too long');
  return key;
}

function keyOf(text: string): string | undefined {
  return text === '' ? undefined : checkKey(decode(text));
}

function withoutMount(rawPath: string): string {
  const mount = S3_MOUNT_POINTS.find((point) => rawPath === point || rawPath.startsWith(`${point}/`));
  const rest = mount === undefined ? rawPath : rawPath.slice(mount.length);
  return rest === '' ? '/' : rest;
}

/** The bucket that a Host header names, in small letters; undefined when it names none. */
export function bucketOfHost(host: string, domain: string | undefined): string | undefined {
  if (domain === undefined) return undefined;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const suffix = `.${domain.toLowerCase()}`;
  return name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : undefined;
}
