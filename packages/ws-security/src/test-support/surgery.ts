/** For tests: a text with one place changed, which must be there. */
export function swap(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, () => to);
  if (changed === text) throw new Error('the attack changes nothing');
  return changed;
}
