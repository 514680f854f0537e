/** In how many full reports in a row a subject was missing. Kept in memory: after a restart the count begins anew. */
export class Absences {
  readonly #counts = new Map<string, number>();

  /**
   * Takes in one report, begun at `startedAt`. A subject counts as missing only if its component had it before the report
   * began; `since` undefined: not known to have it.
   */
  update(
    subjects: readonly { id: string; since: Date | undefined }[],
    reported: ReadonlySet<string>,
    startedAt: Date,
  ): void {
    const ids = new Set(subjects.map(({ id }) => id));
    for (const id of this.#counts.keys()) if (!ids.has(id)) this.#counts.delete(id);
    for (const { id, since } of subjects) {
      if (reported.has(id)) this.#counts.delete(id);
      else if (since !== undefined && since < startedAt) this.#counts.set(id, this.count(id) + 1);
    }
  }

  count(id: string): number {
    return this.#counts.get(id) ?? 0;
  }
}
