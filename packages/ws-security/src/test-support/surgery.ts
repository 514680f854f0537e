const DECLARATIONS =
  'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="http://www.w3.org/2005/08/addressing" ';
/** For tests: the signed element as it stands, able to stand anywhere. */
export function part(text: string, pattern: RegExp): string {
  return (pattern.exec(text)?.[0] ?? '').replace(/^<([\w:]+) /, `<$1 ${DECLARATIONS}`);
}

/** For tests: a text with one place changed, which must be there. */
export function swap(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, () => to);
  if (changed === text) throw new Error('the attack changes nothing');
  return changed;
}
