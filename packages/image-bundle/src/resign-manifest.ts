import { createSign } from 'node:crypto';
import { invalidManifest } from './manifest-fields.js';
import { parseManifest } from './parse-manifest.js';

const SIGNATURE = /<signature>[0-9A-Za-z\s]*<\/signature>|<signature\s*\/>/g;

/**
 * The same manifest with one signature, made by this key, in place of those it had. Nothing is verified here. Throws
 * `Image.ManifestInvalid`, also when the signatures do not stand behind all the rest in plain elements.
 */
export function resignManifest(bytes: Buffer, privateKeyPem: string): Buffer {
  const { signedBytes } = parseManifest(bytes);
  const signature = createSign('sha1').update(signedBytes).sign(privateKeyPem).toString('hex');
  const text = bytes.toString('latin1');
  const signed = text.lastIndexOf('</image>');
  const [head, tail] = [text.slice(0, signed), text.slice(signed)];
  const end = tail.lastIndexOf('</manifest>');
  const unsigned = tail.slice(0, end).replace(SIGNATURE, '');
  const result = Buffer.from(`${head}${unsigned}<signature>${signature}</signature>${tail.slice(end)}`, 'latin1');
  const { signedBytes: after, signatures } = parseManifest(result);
  if (!after.equals(signedBytes) || signatures.length !== 1) throw invalidManifest('its signature cannot be replaced');
  return result;
}
