import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import type { ParameterTree } from './parameters.js';

const emptyToUndefined = (value: unknown): unknown => (value === '' ? undefined : value);
const scalar = z.string({ error: 'one value is expected' }).max(65_536);

/** Required text. */
export const text = (max = 65_536) => z.preprocess(emptyToUndefined, z.string().max(max));

/** Text that may be missing or empty. */
export const optionalText = (max = 65_536) => z.preprocess(emptyToUndefined, z.string().max(max).optional());

const wholeNumber = (minimum: number, maximum: number) =>
  scalar
    .regex(/^-?\d{1,10}$/, 'a whole number is expected')
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum));

export const integer = (minimum: number, maximum: number) =>
  z.preprocess(emptyToUndefined, wholeNumber(minimum, maximum));

export const optionalInteger = (minimum: number, maximum: number) =>
  z.preprocess(emptyToUndefined, wholeNumber(minimum, maximum).optional());

/** `true` or `false` in any case, `1` or `0`; missing is false. */
export const flag = z.preprocess(
  emptyToUndefined,
  scalar
    .toLowerCase()
    .pipe(z.enum(['true', 'false', '1', '0']))
    .transform((value) => value === 'true' || value === '1')
    .default(false),
);

/** A list: `Name.1 ...`, or bare `Name` for a single value; missing or empty is the empty list. */
export const list = <T extends z.ZodType>(item: T, max = 1000) =>
  z.preprocess((value) => {
    if (value === undefined || value === '') return [];
    return Array.isArray(value) ? (value as unknown[]) : [value];
  }, z.array(item).max(max));

/** List of texts without the empty ones. */
export const texts = (max = 1000) =>
  list(scalar, max).transform((values) => values.map((value) => value.trim()).filter((value) => value !== ''));

/** A list of structures; what is no structure is refused. */
export const structures = <S extends z.ZodRawShape>(shape: S, max = 1000) => list(z.object(shape), max);

export const optionalStructure = <S extends z.ZodRawShape>(shape: S) =>
  z.preprocess(emptyToUndefined, z.object(shape).optional());

export const filters = structures({ Name: text(255), Value: list(scalar, 200) }, 200);
export type Filters = z.output<typeof filters>;

/** What nearly every Describe takes. */
export const listing = {
  Filter: filters,
  MaxResults: optionalInteger(1, 1000),
  NextToken: optionalText(1024),
};

export const tagSpecifications = structures(
  {
    ResourceType: optionalText(64),
    Tag: structures({ Key: text(1024), Value: z.string().max(1024).default('') }, 200),
  },
  50,
);
export type TagSpecifications = z.output<typeof tagSpecifications>;

/**
 * The typed request. Unknown parameters are ignored, as today's clients send more than any server knows.
 * @throws MissingParameter, InvalidParameterValue naming the parameter in EC2's dotted form
 */
export function readParameters<S extends z.ZodType>(schema: S, tree: ParameterTree): z.output<S> {
  const result = schema.safeParse(tree);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const name = issue.path.map((step) => (typeof step === 'number' ? step + 1 : String(step))).join('.');
  const value = valueAt(tree, issue.path);
  if (value === undefined || value === '') {
    throw new MalleeError('MissingParameter', `The request must contain the parameter ${name}`);
  }
  const shown = typeof value === 'string' ? `(${value.slice(0, 100)}) ` : '';
  throw new MalleeError('InvalidParameterValue', `Value ${shown}for parameter ${name} is invalid. ${issue.message}`);
}

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = tree;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return value;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
