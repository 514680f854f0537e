import { headerValue, splitQuery, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';
import type { Tag } from '../storage/bucket-settings.js';
import { childOf, childrenOf, malformed, textOf } from './documents.js';
import { element, field } from './xml.js';

export const MAX_OBJECT_TAGS = 10;
export const MAX_BUCKET_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Tags in `x-amz-tagging`, written as a query string. Throws `InvalidTag`, `InvalidArgument`. */
export function tagsOfHeader(headers: Headers): Tag[] {
  const text = headerValue(headers, 'x-amz-tagging');
  if (text === undefined) return [];
  const tags = splitQuery(text).map(([key, value]): Tag => [decoded(key), decoded(value)]);
  return checkTags(tags, MAX_OBJECT_TAGS);
}

function decoded(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new MalleeError('InvalidTag', 'Tags must be UTF-8.');
  }
}

/** Reads a `Tagging` document, or the `Tagging` child of a form. */
export function readTagging(root: XmlElement, most: number): Tag[] {
  const set = childOf(root, 'TagSet');
  if (root.local !== 'Tagging' || set === undefined) throw malformed();
  return tagsOfElement(set, most);
}

/** The `Tag` children of an element. */
export function tagsOfElement(set: XmlElement, most: number): Tag[] {
  const tags = childrenOf(set, 'Tag').map((tag): Tag => {
    const [key, value] = [textOf(tag, 'Key'), textOf(tag, 'Value')];
    if (key === undefined || value === undefined) throw malformed();
    return [key, value];
  });
  return checkTags(tags, most);
}

export function tagSetElement(tags: readonly Tag[]): string {
  return element(
    'TagSet',
    [...tags]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => element('Tag', field('Key', key), field('Value', value))),
  );
}

function checkTags(tags: Tag[], most: number): Tag[] {
  if (tags.length > most) throw new MalleeError('InvalidTag', `There can be at most ${most} tags.`);
  const keys = new Set<string>();
  for (const [key, value] of tags) {
    // PostgreSQL keeps every character but this one.
    if (key === '' || key.length > MAX_KEY || key.includes('\0')) {
      throw new MalleeError('InvalidTag', 'The TagKey you have provided is invalid');
    }
    if (value.length > MAX_VALUE || value.includes('\0')) {
      throw new MalleeError('InvalidTag', 'The TagValue you have provided is invalid');
    }
    if (keys.has(key)) throw new MalleeError('InvalidTag', 'Cannot provide multiple Tags with the same key');
    keys.add(key);
  }
  return tags;
}
