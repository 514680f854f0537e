import { canonicalize, escapeText, type XmlElement } from '@mallee/xml';
import { S3_NAMESPACE } from '../s3/xml.js';
import { malformed } from './fields.js';

/** The document of the REST interface around the children of a field; a field with text alone is a Status. */
export function innerDocument(root: string, element: XmlElement | undefined): Buffer {
  if (element === undefined) throw malformed(`${root} is missing`);
  const text = element.text.trim();
  const status = element.children.length === 0 && text !== '' ? `<Status>${escapeText(text)}</Status>` : '';
  const children = element.children.map((child) => canonicalize(child).toString()).join('');
  return Buffer.from(`<${root} xmlns="${S3_NAMESPACE}">${status}${children}</${root}>`);
}
