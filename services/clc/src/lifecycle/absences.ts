export interface Subject {
  readonly id: string;
  /** When its component had it for sure; undefined: not known to have it. */
  readonly since: Date | undefined;
  /** A report sooner than this after the last counted one is not counted: hints make polls follow each other closely. */
  readonly gapMs: number;
}

/** In how many full reports in a row a subject was missing. Kept in memory: after a restart the count begins anew. */
export class Absences {
  readonly #missing = new Map<string, { count: number; at: number }>();

  /** Takes in one report, begun at `startedAt`; it counts only for subjects that the component had before. */
  update(subjects: readonly Subject[], reported: ReadonlySet<string>, startedAt: Date): void {
    const ids = new Set(subjects.map(({ id }) => id));
    for (const id of this.#missing.keys()) if (!ids.has(id)) this.#missing.delete(id);
    const at = startedAt.getTime();
    for (const { id, since, gapMs } of subjects) {
      if (reported.has(id)) this.#missing.delete(id);
      else if (since !== undefined && since < startedAt) this.#count(id, at, gapMs);
    }
  }

  count(id: string): number {
    return this.#missing.get(id)?.count ?? 0;
  }

  #count(id: string, at: number, gapMs: number): void {
    const last = this.#missing.get(id);
    if (last === undefined) this.#missing.set(id, { count: 1, at });
    else if (at - last.at >= gapMs) this.#missing.set(id, { count: last.count + 1, at });
  }
}
