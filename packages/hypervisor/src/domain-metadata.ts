/** XML namespace of the element that carries the instance record inside a domain. */
export const METADATA_NAMESPACE = 'urn:mallee:domain:1';

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Escapes text for element content and for attribute values of either quote. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

/** JSON in pure ASCII: characters that XML forbids or a locale could change are written as JSON escapes. */
export function metadataText(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null';
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The namespaced `<metadata>` child that holds `value`. */
export function renderMetadata(value: unknown): string {
  return `<mallee:instance xmlns:mallee="${METADATA_NAMESPACE}">${escapeXml(metadataText(value))}</mallee:instance>`;
}

/**
 * Reads the element back as `virsh metadata` prints it (prefix may be missing).
 * @returns undefined when the text is not our element with JSON inside
 */
export function parseMetadata(xml: string): unknown {
  const match = /^\s*<(?:[A-Za-z_][\w.-]*:)?instance(?:\s[^<>]*)?>([^<]*)<\/(?:[A-Za-z_][\w.-]*:)?instance>\s*$/.exec(
    xml,
  );
  if (match?.[1] === undefined) return undefined;
  const text = match[1].replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
