import {
  checksumOfHeader,
  headerValue,
  verifyChecksum,
  type ChecksumName,
  type Headers,
  type PayloadRule,
} from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { DigestName, Digests } from '../hashing/digester.js';
import type { Checksum } from '../storage/objects.js';

/** What the headers of a request promise about its body. */
export interface BodyPromises {
  readonly payload: PayloadRule;
  /** Hex. */
  readonly md5: string | undefined;
  /** The checksum in the headers. */
  readonly declared: Checksum | undefined;
  /** Lower-case names of the headers that are to follow an aws-chunked body. */
  readonly trailers: readonly string[];
  /** A checksum that nobody promised, computed all the same. */
  readonly computed: ChecksumName | undefined;
}

/** Reads the promises. `wanted` is computed when the client gives no checksum of its own. */
export function promisesOf(headers: Headers, payload: PayloadRule, wanted: ChecksumName | undefined): BodyPromises {
  const names = (headerValue(headers, 'x-amz-trailer') ?? '').toLowerCase().split(',');
  const trailers = names.map((name) => name.trim()).filter((name) => name !== '');
  const md5 = contentMd5Of(headers);
  const declared = declaredChecksum(headers);
  const given = declared !== undefined || trailers.some((name) => checksumOfHeader(name) !== undefined);
  return { payload, md5, declared, trailers, computed: given ? undefined : wanted };
}

/** Bytes of the body; undefined when only its end tells. */
export function expectedLength(headers: Headers, payload: PayloadRule): number | undefined {
  const name = payload.kind === 'chunked' ? 'x-amz-decoded-content-length' : 'content-length';
  const text = headerValue(headers, name);
  if (text !== undefined) {
    if (!/^\d{1,15}$/.test(text)) throw new MalleeError('InvalidArgument', `${name} is not a number.`);
    return Number(text);
  }
  if (payload.kind === 'chunked' || headerValue(headers, 'transfer-encoding') === undefined) {
    throw new MalleeError('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  return undefined;
}

/** The digests it takes to hold a body to its promises; the MD5 always, as it is the ETag. */
export function digestsFor({ payload, declared, trailers, computed }: BodyPromises): DigestName[] {
  const names = new Set<DigestName>(['md5']);
  if (payload.kind === 'sha256') names.add('sha256');
  if (payload.kind === 'chunked' && payload.trailer) for (const name of checksumsAmong(trailers)) names.add(name);
  for (const name of [declared?.name, computed]) if (name !== undefined) names.add(name);
  return [...names];
}

/** Throws when a promise is broken. `trailers`: those that came. Gives the checksum that is to be kept with the object. */
export function verifyPromises(
  { payload, md5, declared, computed }: BodyPromises,
  digests: Digests,
  trailers: ReadonlyMap<string, string>,
): Checksum | undefined {
  for (const name of checksumsAmong(trailers.keys()))
    verifyChecksum(name, trailers.get(`x-amz-checksum-${name}`)!, digests.get(name)!);
  if (md5 !== undefined && md5 !== digests.get('md5')!.toString('hex')) {
    throw new MalleeError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (payload.kind === 'sha256' && payload.hex !== digests.get('sha256')!.toString('hex')) {
    throw new MalleeError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  if (declared !== undefined) {
    verifyChecksum(declared.name, declared.value, digests.get(declared.name)!);
    return declared;
  }
  const [name = computed] = checksumsAmong(trailers.keys());
  if (name === undefined) return undefined;
  return { name, type: 'FULL_OBJECT', value: digests.get(name)!.toString('base64') };
}

function checksumsAmong(headers: Iterable<string>): ChecksumName[] {
  return [...headers].map(checksumOfHeader).filter((name) => name !== undefined);
}

function contentMd5Of(headers: Headers): string | undefined {
  const text = headerValue(headers, 'content-md5');
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text) {
    throw new MalleeError('InvalidDigest', 'The Content-MD5 you specified is not valid.');
  }
  return bytes.toString('hex');
}

function declaredChecksum(headers: Headers): Checksum | undefined {
  const found: Checksum[] = [];
  for (const header of Object.keys(headers)) {
    const name = checksumOfHeader(header);
    const value = headerValue(headers, header);
    if (name !== undefined && value !== undefined) found.push({ name, type: 'FULL_OBJECT', value });
  }
  if (found.length > 1) throw new MalleeError('InvalidRequest', 'Expecting a single x-amz-checksum- header');
  return found[0];
}
