import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { TagSpecifications } from '../ec2/schema.js';
import type { XmlContent } from '../ec2/xml.js';

/** Resource types as AWS names them. */
export type ResourceType = 'instance' | 'image' | 'key-pair' | 'security-group' | 'volume' | 'reservation' | 'snapshot';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export const tagsPerResource = 50;

/** Tags of many resources at once. */
export async function loadTags(
  database: Queryable,
  resourceIds: readonly string[],
): Promise<Map<string, Map<string, string>>> {
  const found = new Map<string, Map<string, string>>(resourceIds.map((id) => [id, new Map()]));
  if (resourceIds.length === 0) return found;
  const { rows } = await database.query<{ resource_id: string; key: string; value: string }>(
    'select resource_id, key, value from tag where resource_id = any($1) order by resource_id, key',
    [resourceIds],
  );
  for (const row of rows) found.get(row.resource_id)?.set(row.key, row.value);
  return found;
}

/** Rows with their tags, as filters need them. */
export async function withTags<Row>(
  database: Queryable,
  rows: readonly Row[],
  id: (row: Row) => string,
): Promise<(Row & { tags: ReadonlyMap<string, string> })[]> {
  const tags = await loadTags(database, rows.map(id));
  return rows.map((row) => ({ ...row, tags: tags.get(id(row)) ?? new Map<string, string>() }));
}

export function tagSet(tags: ReadonlyMap<string, string>): XmlContent {
  return [...tags].map(([key, value]) => ({ key, value }));
}

/**
 * The tags that a creating request wants on a resource type.
 * @throws InvalidParameterValue for a type the request cannot create, TagLimitExceeded
 */
export function requestedTags(specifications: TagSpecifications, type: ResourceType, ignored: string[] = []): Tag[] {
  const tags: Tag[] = [];
  for (const one of specifications) {
    if (one.ResourceType === type) tags.push(...one.Tag);
    else if (!ignored.includes(one.ResourceType ?? '')) {
      throw new MalleeError(
        'InvalidParameterValue',
        `'${one.ResourceType ?? ''}' is not a valid taggable resource type for this operation`,
      );
    }
  }
  checkTags(tags);
  return tags;
}

/** @throws InvalidParameterValue, TagLimitExceeded */
export function checkTags(tags: readonly Tag[]): void {
  if (tags.length > tagsPerResource) {
    throw new MalleeError('TagLimitExceeded', `More than ${tagsPerResource} tags are given`);
  }
  const keys = new Set<string>();
  for (const { Key, Value } of tags) {
    if (Key.length > 128 || /^aws:/i.test(Key)) {
      throw new MalleeError('InvalidParameterValue', `Tag key '${Key.slice(0, 128)}' is reserved or longer than 128`);
    }
    if (Value.length > 256) throw new MalleeError('InvalidParameterValue', `Value of tag '${Key}' is longer than 256`);
    if (keys.has(Key)) throw new MalleeError('InvalidParameterValue', `Duplicate tag key '${Key}' specified.`);
    keys.add(Key);
  }
}

/** Sets tags on resources of one account; run it inside the transaction that made or checked the resources. */
export async function putTags(
  database: Queryable,
  accountId: string,
  type: ResourceType,
  resourceId: string,
  tags: readonly Tag[],
): Promise<void> {
  if (tags.length === 0) return;
  await database.query(
    `insert into tag (resource_id, account_id, resource_type, key, value)
     select $1, $2, $3, key, value from unnest($4::text[], $5::text[]) as given (key, value)
     on conflict (resource_id, key) do update set value = excluded.value`,
    [resourceId, accountId, type, tags.map((tag) => tag.Key), tags.map((tag) => tag.Value)],
  );
  const { rows } = await database.query<{ count: number }>(
    'select count(*)::int as count from tag where resource_id = $1',
    [resourceId],
  );
  if ((rows[0]?.count ?? 0) > tagsPerResource) {
    throw new MalleeError('TagLimitExceeded', `${resourceId} would have more than ${tagsPerResource} tags`);
  }
}

export async function removeAllTags(database: Queryable, resourceId: string): Promise<void> {
  await database.query('delete from tag where resource_id = $1', [resourceId]);
}
