import { canonicalize } from '@mallee/xml';
import type { SignatureCheck, SignatureEngine } from './engine.js';
import { invalid } from './violation.js';

/**
 * The engine on xml-crypto: some fifty times slower than the native one, for whoever wants an independent implementation to decide.
 * Loaded only when asked for. It parses the message again, so its canonical bytes of every part are compared with ours: the two
 * parsers cannot be made to see different messages.
 */
export async function loadXmlCryptoEngine(): Promise<SignatureEngine> {
  const { SignedXml } = await import('xml-crypto');
  return {
    name: 'xml-crypto',
    check({ message, signature, referenced, certificate }: SignatureCheck): void {
      const text = typeof message === 'string' ? message : Buffer.from(message).toString('utf8');
      let signed: readonly string[];
      try {
        const verifier = new SignedXml({ publicCert: certificate.pem, idMode: 'wssecurity' });
        verifier.getCertFromKeyInfo = () => null;
        verifier.loadSignature(canonicalize(signature.element));
        const good = verifier.checkSignature(text);
        signed = good ? verifier.getSignedReferences() : [];
      } catch (error) {
        invalid('xml-crypto refuses the signature', error);
      }
      if (signed.length === 0) invalid('xml-crypto finds the signature wrong');
      const same = referenced.every(({ element }, index) => signed[index] === canonicalize(element));
      if (!same || signed.length !== referenced.length) invalid('xml-crypto and our reader see different messages');
    },
  };
}
