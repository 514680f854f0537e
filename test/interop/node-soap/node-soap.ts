import { randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createClientAsync, WSSecurityCert, type Client } from 'soap';
import { SignedXml } from 'xml-crypto';
import { DOMParser } from '@xmldom/xmldom';
import type { Call, Outcome, Stack, Suite, Target } from '../support/stack.js';

const WSA = 'http://www.w3.org/2005/08/addressing';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

const ALGORITHMS: Readonly<Record<Suite, { signatureAlgorithm: string; digestAlgorithm: string }>> = {
  'rsa-sha256': {
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  },
  'rsa-sha1': {
    signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1',
  },
};

/**
 * The `soap` client of npm with its WSSecurityCert. As its manual says, it signs Body and Timestamp, the latter with the transforms
 * enveloped-signature and exclusive canonicalisation; the options `additionalReferences` and `signatureTransformations` make it sign the
 * addressing headers (added as texts with addSoapHeader) with the one transform that the profile allows. It does not verify replies:
 * that is done here, with xml-crypto.
 */
export class NodeSoap implements Stack {
  async call(target: Target, calls: readonly Call[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const { operation, fields } of calls) {
      const client = await createClientAsync(target.wsdlUrl, { endpoint: target.url, envelopeKey: 'soapenv' });
      try {
        const reply = await callOnce(client, target, operation, fields);
        outcomes.push({ operation, reply });
      } catch (error) {
        outcomes.push({ operation, error: error instanceof Error ? error.message : String(error) });
      }
    }
    return outcomes;
  }
}

async function callOnce(
  client: Client,
  target: Target,
  operation: string,
  fields: object,
): Promise<Record<string, unknown>> {
  const messageId = `urn:uuid:${randomUUID()}`;
  const action = `${target.url.split('/').at(-1) ?? ''}#${operation}`;
  for (const [name, text] of [
    ['To', target.url],
    ['Action', action],
    ['MessageID', messageId],
  ] as const) {
    client.addSoapHeader(`<wsa:${name} xmlns:wsa="${WSA}">${text}</wsa:${name}>`);
  }
  const profile = {
    additionalReferences: ['wsa:To', 'wsa:Action', 'wsa:MessageID'],
    signatureTransformations: [EXCLUSIVE],
  };
  const security = new WSSecurityCert(readFileSync(target.key), readFileSync(target.certificate, 'utf8'), '', {
    ...ALGORITHMS[target.suite],
    hasTimeStamp: true,
    signerOptions: { idMode: 'wssecurity', prefix: 'ds', existingPrefixes: {}, attrs: {} },
    ...(target.signing === 'profile' ? profile : {}),
  });
  client.setSecurity(security);
  const method = client[`${operation}Async`] as (request: object) => Promise<[Record<string, unknown>, string]>;
  const [reply, raw] = await method(fields);
  verifyReply(raw, readFileSync(target.peer, 'utf8'), messageId);
  return reply;
}

/** The signature, by xml-crypto; the signer; that it signs every part at its place; and that the reply is one to our request. */
function verifyReply(raw: string, peer: string, messageId: string): void {
  const [signature = '', ...others] = raw.match(/<ds:Signature [^]*?<\/ds:Signature>/g) ?? [];
  const verifier = new SignedXml({ publicCert: peer, idMode: 'wssecurity' });
  verifier.getCertFromKeyInfo = () => null;
  verifier.loadSignature(signature);
  if (others.length > 0 || !verifier.checkSignature(raw)) throw new Error('the signature of the reply is wrong');
  const document = new DOMParser().parseFromString(raw, 'text/xml');
  const one = (namespace: string, name: string): Element => {
    const found = document.getElementsByTagNameNS(namespace, name);
    if (found.length !== 1 || found[0] === undefined) throw new Error(`the reply has not one ${name}`);
    return found[0];
  };
  const token = one(WSSE, 'BinarySecurityToken').textContent;
  if (token !== new X509Certificate(peer).raw.toString('base64'))
    throw new Error('another certificate signed the reply');
  const addressing = ['Action', 'From', 'MessageID', 'RelatesTo'].map((name) => one(WSA, name));
  const parts = [...addressing, one(WSU, 'Timestamp'), one(SOAP, 'Body')];
  const signed = Array.from(document.getElementsByTagNameNS(DS, 'Reference')).map((reference) =>
    reference.getAttribute('URI'),
  );
  const wanted = parts.map((part) => `#${part.getAttributeNS(WSU, 'Id')}`);
  if (wanted.sort().join() !== signed.sort().join()) throw new Error('the reply does not sign its parts');
  if (one(WSA, 'RelatesTo').textContent !== messageId) throw new Error('the reply does not name the request');
}
