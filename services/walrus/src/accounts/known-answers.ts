import type { Queryable } from '@mallee/database';

export interface KnownAnswer {
  readonly answer: object;
  /** When it was asked for, in milliseconds since 1970. */
  readonly at: number;
}

/** What the CLC said last, kept where a restart of Walrus does not lose it. Answers to strangers' guesses are not kept. */
export interface KnownAnswers {
  find(kind: string, name: string): Promise<KnownAnswer | undefined>;
  keep(kind: string, name: string, answer: object, at: number): Promise<void>;
  forget(kind: string, name: string): Promise<void>;
  /** The one asked for longest ago, before `before`, of these kinds. */
  oldest(kinds: readonly string[], before: number): Promise<{ kind: string; name: string } | undefined>;
  /** Drops what was asked for at `until` or earlier. */
  prune(until: number): Promise<void>;
}

export function postgresKnownAnswers(database: Queryable): KnownAnswers {
  return {
    async find(kind, name) {
      const { rows } = await database.query<{ answer: object; asked_at: Date }>(
        'select answer, asked_at from known_answer where kind = $1 and name = $2',
        [kind, name],
      );
      return rows[0] && { answer: rows[0].answer, at: rows[0].asked_at.getTime() };
    },
    async keep(kind, name, answer, at) {
      await database.query(
        `insert into known_answer (kind, name, answer, asked_at) values ($1, $2, $3, $4) on conflict (kind, name)
         do update set answer = excluded.answer, asked_at = excluded.asked_at where known_answer.asked_at <= excluded.asked_at`,
        [kind, name, JSON.stringify(answer), new Date(at)],
      );
    },
    async forget(kind, name) {
      await database.query('delete from known_answer where kind = $1 and name = $2', [kind, name]);
    },
    async oldest(kinds, before) {
      const { rows } = await database.query<{ kind: string; name: string }>(
        'select kind, name from known_answer where kind = any($1) and asked_at < $2 order by asked_at limit 1',
        [kinds, new Date(before)],
      );
      return rows[0];
    },
    async prune(until) {
      await database.query('delete from known_answer where asked_at <= $1', [new Date(until)]);
    },
  };
}

/** For tests and wherever a restart may lose them. */
export function noKnownAnswers(): KnownAnswers {
  return {
    find: () => Promise.resolve(undefined),
    keep: () => Promise.resolve(),
    forget: () => Promise.resolve(),
    oldest: () => Promise.resolve(undefined),
    prune: () => Promise.resolve(),
  };
}
