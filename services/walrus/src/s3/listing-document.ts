import { encodeComponent } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { ListedObject, StoredObject } from '../storage/objects.js';
import { element, field } from './xml.js';

const MAX_KEYS = 1000;

/** `max-keys` (or another such parameter): `most` unless given, and never more. */
export function maxKeysOf(query: ReadonlyMap<string, string>, parameter = 'max-keys', most = MAX_KEYS): number {
  const text = query.get(parameter);
  if (text === undefined || text === '') return most;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0x7fffffff) {
    throw new MalleeError('InvalidArgument', `Provided ${parameter} not an integer or within integer range`);
  }
  return Math.min(Number(text), most);
}

/** How keys are written: as they are, or percent-encoded for `encoding-type=url`. Slashes stay in both. */
export function keyEncoderOf(query: ReadonlyMap<string, string>): (text: string) => string {
  const type = query.get('encoding-type');
  if (type === undefined || type === '') return (text) => text;
  if (type !== 'url') throw new MalleeError('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return (text) => text.split('/').map(encodeComponent).join('/');
}

/** A `Contents` element. */
export function contentsElement(object: ListedObject, encode: (text: string) => string, withOwner: boolean): string {
  return element(
    'Contents',
    field('Key', encode(object.key)),
    field('LastModified', object.lastModified.toISOString()),
    field('ETag', `"${object.etag}"`),
    object.checksum === undefined
      ? undefined
      : [field('ChecksumAlgorithm', object.checksum.name.toUpperCase()), field('ChecksumType', object.checksum.type)],
    field('Size', object.size),
    withOwner ? ownerElement(object) : undefined,
    field('StorageClass', object.storageClass),
  );
}

export function commonPrefixElement(prefix: string, encode: (text: string) => string): string {
  return element('CommonPrefixes', field('Prefix', encode(prefix)));
}

export function ownerElement({ owner }: Pick<StoredObject, 'owner'>): string {
  return element('Owner', field('ID', owner.canonicalId), field('DisplayName', owner.displayName));
}
