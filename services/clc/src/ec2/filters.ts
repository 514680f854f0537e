import { MalleeError } from '@mallee/errors';
import type { Filters } from './schema.js';

export type FilterValue = string | number | boolean | Date | null | undefined;
/** Per filter name what it compares: a value, or several of which one must match. */
export type FilterTable<Row> = Readonly<Record<string, (row: Row) => FilterValue | readonly FilterValue[]>>;

export interface Tagged {
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * Keeps the rows for which every filter has a value that matches. `tag:KEY`, `tag-key` and `tag-value` work on every
 * resource. `*` stands for any text, `?` for one character, a backslash takes the next character literally.
 * @throws InvalidParameterValue for a filter the resource does not have
 */
export function applyFilters<Row extends Tagged>(
  rows: readonly Row[],
  filters: Filters,
  table: FilterTable<Row>,
): Row[] {
  const tests = filters.map(({ Name, Value }) => {
    const read = reader(Name, table);
    return (row: Row): boolean => {
      const found = read(row);
      const values: readonly FilterValue[] = Array.isArray(found) ? found : [found as FilterValue];
      return values.some((value) => {
        const shown = show(value);
        return shown !== undefined && Value.some((pattern) => matchesPattern(pattern, shown));
      });
    };
  });
  return rows.filter((row) => tests.every((test) => test(row)));
}

function reader<Row extends Tagged>(name: string, table: FilterTable<Row>): FilterTable<Row>[string] {
  if (name.startsWith('tag:')) return (row) => row.tags.get(name.slice(4));
  if (name === 'tag-key') return (row) => [...row.tags.keys()];
  if (name === 'tag-value') return (row) => [...row.tags.values()];
  const read = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!read) throw new MalleeError('InvalidParameterValue', `The filter '${name.slice(0, 100)}' is invalid`);
  return read;
}

function show(value: FilterValue): string | undefined {
  if (value === null || value === undefined) return undefined;
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Wildcard match in time proportional to both lengths at worst: no pattern can make it run away. */
export function matchesPattern(pattern: string, value: string): boolean {
  let p = 0;
  let v = 0;
  let star = -1;
  let resume = 0;
  while (v < value.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = v;
      continue;
    }
    const escaped = pattern[p] === '\\' && p + 1 < pattern.length;
    const expected = escaped ? pattern[p + 1] : pattern[p];
    if (expected !== undefined && ((!escaped && expected === '?') || expected === value[v])) {
      p += escaped ? 2 : 1;
      v++;
    } else if (star >= 0) {
      p = star + 1;
      v = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p >= pattern.length;
}
