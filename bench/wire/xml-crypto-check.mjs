import { SignedXml } from 'xml-crypto';

/** Verifies a message with xml-crypto: the signature alone, without any of the rules of a profile. Throws if it is wrong. */
export function checkWithXmlCrypto(text, certificatePem) {
  const verifier = new SignedXml({ publicCert: certificatePem, idMode: 'wssecurity' });
  verifier.getCertFromKeyInfo = () => null;
  verifier.loadSignature(/<(?:\w+:)?Signature [^]*?<\/(?:\w+:)?Signature>/.exec(text)[0]);
  if (!verifier.checkSignature(text)) throw new Error('xml-crypto finds the signature wrong');
}
