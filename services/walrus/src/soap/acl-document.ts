import { canonicalize, type XmlElement } from '@mallee/xml';
import { S3_NAMESPACE } from '../s3/xml.js';
import { malformed } from './fields.js';

/** The AccessControlPolicy of the REST interface for an AccessControlList of a SOAP message. */
export function policyDocument(list: XmlElement | undefined): Buffer {
  if (list === undefined) throw malformed('AccessControlList is missing');
  const head = `<AccessControlPolicy xmlns="${S3_NAMESPACE}">`;
  return Buffer.from(`${head}${canonicalize(list).toString()}</AccessControlPolicy>`);
}

const HEADERS: Readonly<Record<string, string>> = {
  FULL_CONTROL: 'x-amz-grant-full-control',
  READ: 'x-amz-grant-read',
  WRITE: 'x-amz-grant-write',
  READ_ACP: 'x-amz-grant-read-acp',
  WRITE_ACP: 'x-amz-grant-write-acp',
};
const KINDS: readonly (readonly [string, string])[] = [
  ['ID', 'id'],
  ['URI', 'uri'],
  ['EmailAddress', 'emailAddress'],
];

/** The grants of an AccessControlList as headers, so that they come into force together with what they are for. */
export function grantHeaders(list: XmlElement | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const grant of list?.children ?? []) {
    const child = (parent: XmlElement | undefined, name: string): XmlElement | undefined =>
      parent?.children.find(({ local }) => local === name);
    const grantee = child(grant, 'Grantee');
    const header = HEADERS[child(grant, 'Permission')?.text.trim() ?? ''];
    const kind = KINDS.find(([name]) => child(grantee, name) !== undefined);
    const value = kind === undefined ? undefined : child(grantee, kind[0])?.text.trim();
    if (header === undefined || kind === undefined || value === undefined || /[",\r\n]/.test(value)) {
      throw malformed('a Grant cannot be read');
    }
    const item = `${kind[1]}="${value}"`;
    headers[header] = headers[header] === undefined ? item : `${headers[header]}, ${item}`;
  }
  return headers;
}
