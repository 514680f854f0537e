import { randomBytes } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { canonicalize, type XmlElement } from '@mallee/xml';
import { childOf, childrenOf, malformed, numberOf, textOf } from '../s3/documents.js';
import { tagsOfElement } from '../s3/tags.js';
import { element, field, s3Document } from '../s3/xml.js';
import type { LifecycleFilter, LifecycleRule, Tag } from '../storage/bucket-settings.js';

const MAX_RULES = 1000;
const MAX_ID = 255;
const MAX_TAGS = 10;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The rules of a LifecycleConfiguration. Throws `MalformedXML`, `InvalidArgument`, `InvalidRequest`. */
export function readLifecycle(root: XmlElement): LifecycleRule[] {
  const rules = childrenOf(root, 'Rule').map(readRule);
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformed();
  const ids = new Set(rules.map((rule) => rule.id));
  if (ids.size !== rules.length) throw new MalleeError('InvalidArgument', 'Rule ID must be unique.');
  return rules;
}

export function lifecycleDocument(rules: readonly LifecycleRule[]): string {
  return s3Document('LifecycleConfiguration', rules.map(ruleElement));
}

function readRule(rule: XmlElement): LifecycleRule {
  const id = textOf(rule, 'ID')?.trim() || randomBytes(24).toString('base64url');
  if (id.length > MAX_ID) throw new MalleeError('InvalidArgument', 'ID length should not exceed allowed limit of 255');
  const status = textOf(rule, 'Status')?.trim();
  if (status !== 'Enabled' && status !== 'Disabled') throw malformed();
  const out: Writable<LifecycleRule> = { id, enabled: status === 'Enabled', filter: readFilter(rule) };
  readExpiration(rule, out);
  const noncurrent = childOf(rule, 'NoncurrentVersionExpiration');
  if (noncurrent !== undefined) {
    const days = numberOf(noncurrent, 'NoncurrentDays') ?? numberOf(noncurrent, 'Days');
    const newer = numberOf(noncurrent, 'NewerNoncurrentVersions', 1);
    if (days !== undefined) out.noncurrentDays = positive(days);
    if (newer !== undefined) out.newerNoncurrentVersions = newer;
  }
  const abort = childOf(rule, 'AbortIncompleteMultipartUpload');
  const abortDays = abort === undefined ? undefined : numberOf(abort, 'DaysAfterInitiation');
  if (abortDays !== undefined) out.abortUploadDays = positive(abortDays);
  const transitions = rule.children.filter((child) => /Transition$/.test(child.local));
  for (const transition of transitions) {
    const date = textOf(transition, 'Date')?.trim();
    if (date !== undefined) dateOf(date);
    numberOf(transition, 'Days');
  }
  if (transitions.length > 0) out.transitions = transitions.map((child) => canonicalize(child).toString()).join('');
  checkCombination(out);
  return out;
}

/** Uploads and delete markers have neither tags nor a size to go by. */
function checkCombination({ filter, abortUploadDays, expireMarkers, ...rest }: LifecycleRule): void {
  const refuse = (what: string): MalleeError => new MalleeError('InvalidRequest', what);
  const { id: _, enabled: __, ...actions } = rest;
  if (abortUploadDays === undefined && expireMarkers === undefined && Object.keys(actions).length === 0) {
    throw refuse('At least one action needs to be specified in a rule.');
  }
  const sized = filter.sizeGreaterThan !== undefined || filter.sizeLessThan !== undefined;
  for (const [name, given] of [
    ['AbortIncompleteMultipartUpload', abortUploadDays],
    ['ExpiredObjectDeleteMarker', expireMarkers],
  ] as const) {
    if (given === undefined) continue;
    if (filter.tags !== undefined) throw refuse(`${name} cannot be specified with Tags.`);
    if (sized) throw refuse(`${name} cannot be specified with ObjectSize.`);
  }
}

function readExpiration(rule: XmlElement, out: Writable<LifecycleRule>): void {
  const expiration = childOf(rule, 'Expiration');
  if (expiration === undefined) return;
  const days = numberOf(expiration, 'Days', -Infinity);
  const date = textOf(expiration, 'Date')?.trim();
  const markers = textOf(expiration, 'ExpiredObjectDeleteMarker')?.trim();
  if (days !== undefined) out.expireDays = positive(days);
  if (date !== undefined) out.expireDate = dateOf(date);
  if (markers !== undefined) out.expireMarkers = markers === 'true';
  if ([days, date, markers].filter((given) => given !== undefined).length !== 1) throw malformed();
}

function readFilter(rule: XmlElement): LifecycleFilter {
  const filter = childOf(rule, 'Filter');
  if (filter === undefined) {
    const prefix = textOf(rule, 'Prefix');
    if (prefix === undefined) throw malformed();
    return { form: 'prefix', prefix };
  }
  const and = childOf(filter, 'And');
  const from = and ?? filter;
  const prefix = textOf(from, 'Prefix');
  const tags: Tag[] = tagsOfElement(from, MAX_TAGS);
  const greater = numberOf(from, 'ObjectSizeGreaterThan');
  const less = numberOf(from, 'ObjectSizeLessThan');
  return {
    form: and === undefined ? 'filter' : 'and',
    ...(prefix === undefined ? {} : { prefix }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(greater === undefined ? {} : { sizeGreaterThan: greater }),
    ...(less === undefined ? {} : { sizeLessThan: less }),
  };
}

function positive(days: number): number {
  if (days < 1) throw new MalleeError('InvalidArgument', "'Days' for Expiration action must be a positive integer");
  return days;
}

/** Midnight UTC in ISO 8601, as S3 wants it. */
function dateOf(text: string): string {
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(date.getTime()) || !/^\d{4}-\d\d-\d\d/.test(text)) throw malformed();
  if (date.getTime() % 86_400_000 !== 0) {
    throw new MalleeError('InvalidArgument', "'Date' must be at midnight GMT");
  }
  return date.toISOString();
}

function ruleElement(rule: LifecycleRule): string {
  const { filter } = rule;
  const conditions = [
    field('Prefix', filter.prefix),
    (filter.tags ?? []).map(([key, value]) => element('Tag', field('Key', key), field('Value', value))),
    field('ObjectSizeGreaterThan', filter.sizeGreaterThan),
    field('ObjectSizeLessThan', filter.sizeLessThan),
  ];
  const expires = rule.expireDays !== undefined || rule.expireDate !== undefined || rule.expireMarkers !== undefined;
  const noncurrent = rule.noncurrentDays !== undefined || rule.newerNoncurrentVersions !== undefined;
  return element(
    'Rule',
    field('ID', rule.id),
    filter.form === 'prefix' ? field('Prefix', filter.prefix ?? '') : undefined,
    filter.form === 'filter' ? element('Filter', conditions) : undefined,
    filter.form === 'and' ? element('Filter', element('And', conditions)) : undefined,
    field('Status', rule.enabled ? 'Enabled' : 'Disabled'),
    rule.transitions,
    expires
      ? element(
          'Expiration',
          field('Days', rule.expireDays),
          field('Date', rule.expireDate),
          field('ExpiredObjectDeleteMarker', rule.expireMarkers),
        )
      : undefined,
    noncurrent
      ? element(
          'NoncurrentVersionExpiration',
          field('NoncurrentDays', rule.noncurrentDays),
          field('NewerNoncurrentVersions', rule.newerNoncurrentVersions),
        )
      : undefined,
    rule.abortUploadDays === undefined
      ? undefined
      : element('AbortIncompleteMultipartUpload', field('DaysAfterInitiation', rule.abortUploadDays)),
  );
}
