/** A generator of whole numbers below a bound that gives the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** What well-formed and malformed documents are made of. */
const PIECES = [
  '<a>',
  '</a>',
  '<a/>',
  '<b k="1">',
  '</b>',
  '<p:c xmlns:p="urn:p"/>',
  '<p:c/>',
  '<',
  '>',
  '/',
  '"',
  "'",
  '=',
  ' ',
  '&',
  ';',
  '&amp;',
  '&lt;',
  '&#65;',
  '&#x41;',
  '&#13;',
  '&#0;',
  '&#xD800;',
  '&x;',
  '<![CDATA[',
  ']]>',
  '<![CDATA[x]]>',
  '<!--x-->',
  '<?x?>',
  '<!DOCTYPE a>',
  ' k="1"',
  " l='2'",
  ' xmlns="urn:d"',
  ' xmlns=""',
  ' xmlns:p="urn:p"',
  ' xmlns:p="urn:q"',
  ' p:k="3"',
  ' xml:lang="en"',
  '\r',
  '\n',
  '\t',
  '\0',
  '\u0001',
  '\u0085',
  '\u00fc',
  '\u20ac',
  '\u{1f600}',
  '\u{10000}',
  '\ufffd',
  '\ufffe',
  '\ufeff',
  'x',
  ':',
  '-',
  '.',
];

/** What can stand between tags, and within a start tag, mostly without breaking the document. */
const CONTENT = [
  '<a/>',
  '<b></b >',
  '<p:c xmlns:p="urn:p"/>',
  '&amp;&#13;',
  '<![CDATA[<x>]]>',
  '\r\n',
  'x\ry',
  '\u{1f600}',
  '>',
  '<e xmlns=""><f/></e>',
];
const ATTRIBUTES = [
  ' k9="1"',
  " l9='a\tb'",
  ' xmlns:p9="urn:p"',
  ' xmlns:a="urn:q"',
  '\n',
  ' xml:lang="en"',
  ' m9="&#9;&quot;"',
];

/** For tests: a document with one to three random changes, as bytes. About half of them stay well-formed. */
export function damage(document: string, random: (below: number) => number): Buffer {
  let text = document;
  for (let changes = 1 + random(3); changes > 0; changes -= 1) text = change(text, random);
  const bytes = Buffer.from(text);
  if (random(20) === 0 && bytes.length > 0) bytes[random(bytes.length)] = random(256);
  return bytes;
}

function change(text: string, random: (below: number) => number): string {
  const kind = random(10);
  if (kind < 8) {
    const tags = [...text.matchAll(kind < 5 ? /<[^!?][^>]*>/g : /<[^!?/][^>]*(?=\/?>)/g)];
    if (tags.length === 0) return text;
    const tag = tags[random(tags.length)]!;
    const at = tag.index + tag[0].replace(/\/$/, '').length;
    const pieces = kind < 5 ? CONTENT : ATTRIBUTES;
    return text.slice(0, at) + pieces[random(pieces.length)]! + text.slice(at);
  }
  const at = random(text.length + 1);
  const from = random(text.length + 1);
  const put = random(3) === 0 ? text.slice(from, from + random(40)) : PIECES[random(PIECES.length)]!;
  return text.slice(0, at) + put + text.slice(at + (random(3) === 0 ? 0 : random(4)));
}
