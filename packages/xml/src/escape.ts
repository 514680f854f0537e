const textSpecial = /[&<>\r]/;
const attributeSpecial = /[&<"\t\n\r]/;

/** Character data as exclusive canonical XML writes it: & < > and carriage return. */
export function escapeText(text: string): string {
  if (!textSpecial.test(text)) return text;
  return text.replace(/[&<>\r]/g, (character) => {
    if (character === '&') return '&amp;';
    if (character === '<') return '&lt;';
    return character === '>' ? '&gt;' : '&#xD;';
  });
}

/** An attribute value, for double quotes, as exclusive canonical XML writes it. */
export function escapeAttribute(value: string): string {
  if (!attributeSpecial.test(value)) return value;
  return value.replace(/[&<"\t\n\r]/g, (character) => {
    if (character === '&') return '&amp;';
    if (character === '<') return '&lt;';
    if (character === '"') return '&quot;';
    if (character === '\t') return '&#x9;';
    return character === '\n' ? '&#xA;' : '&#xD;';
  });
}
