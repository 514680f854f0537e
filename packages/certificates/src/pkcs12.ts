import { MalleeError } from '@mallee/errors';
import forge from 'node-forge';
import type { CertifiedKey } from './key-pair.js';

const MAXIMUM_BYTES = 1_048_576;

/**
 * The key and certificate of one alias (friendly name) of a PKCS#12 file. The original gives each entry a password of its own; they are
 * readable with that of the file where both are the same.
 * @throws Keys.Invalid
 */
export function readPkcs12(file: Buffer, password: string, alias: string): CertifiedKey {
  if (file.length > MAXIMUM_BYTES) throw new MalleeError('Keys.Invalid', 'the PKCS#12 file is too long');
  let key: forge.pki.PrivateKey | undefined;
  let certificate: forge.pki.Certificate | undefined;
  try {
    const content = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(file.toString('binary')), password);
    const { friendlyName: found = [] } = content.getBags({ friendlyName: alias }) as {
      friendlyName?: forge.pkcs12.Bag[];
    };
    const all = found.length > 0 ? found : content.safeContents.flatMap(({ safeBags }) => safeBags);
    key = all.find((bag) => bag.key !== undefined)?.key;
    certificate = all.find((bag) => bag.cert !== undefined)?.cert;
    if (found.length === 0 && all.filter((bag) => bag.key !== undefined).length > 1) key = undefined;
  } catch (cause) {
    throw new MalleeError('Keys.Invalid', 'the PKCS#12 file cannot be read, or the password is wrong', { cause });
  }
  if (key === undefined || certificate === undefined) {
    throw new MalleeError('Keys.Invalid', `the PKCS#12 file has no key and certificate named ${alias}`);
  }
  return {
    privateKeyPem: unix(forge.pki.privateKeyToPem(key)),
    certificatePem: unix(forge.pki.certificateToPem(certificate)),
  };
}

function unix(pem: string): string {
  return pem.replaceAll('\r\n', '\n');
}
