import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { loadIdentity, loadXmlCryptoEngine, MessageSigner, type IdentityPem, type SignatureEngine } from './index.js';
import { part, swap } from './test-support/surgery.js';
import { codeOf, NOW, PAYLOAD, signedRequest, TO, verifierAt } from './test-support/messages.js';

let peer: IdentityPem;
let intruder: IdentityPem;
let xmlCrypto: SignatureEngine;
beforeAll(async () => {
  // The same subject as the trusted certificate: names must not count.
  [peer, intruder, xmlCrypto] = await Promise.all([makeIdentity('peer'), makeIdentity('peer'), loadXmlCryptoEngine()]);
});

const BODY = /<soapenv:Body .*<\/soapenv:Body>/;
const FORGED = PAYLOAD.replace('admin', 'mallory');

/** A forged Body in place, and the signed one where `place` puts it. */
function wrap(text: string, forgedAttributes: string, place: (body: string, text: string) => string): string {
  const forged = `<soapenv:Body ${forgedAttributes}>${FORGED}</soapenv:Body>`;
  return place(part(text, BODY), swap(text, BODY, forged));
}

const before = (mark: string) => (body: string, text: string) => swap(text, mark, `${body}${mark}`);
const wrapped = (mark: string) => (body: string, text: string) =>
  swap(text, mark, `<w xmlns="urn:w">${body}</w>${mark}`);
const WSU = 'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"';
const IN_WRAPPER = wrapped('<wsse:Security ');

const POLICY = 'Wire.PolicyViolation';
const ALGORITHM = 'Wire.AlgorithmRefused';
const DIGEST_VALUE = /<ds:DigestValue>([^<]*)<\/ds:DigestValue>/;
const TRANSFORM = /<ds:Transform [^>]*><\/ds:Transform>/;
const SECOND_SECURITY =
  '<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"';

type Attack = readonly [string, (text: string) => string, string];

const wrapping: readonly Attack[] = [
  [
    'W01 signed Body in a wrapper, forged Body with a new Id',
    (t) => wrap(t, `${WSU} wsu:Id="new"`, IN_WRAPPER),
    POLICY,
  ],
  ['W02 the same, forged Body without Id', (t) => wrap(t, '', IN_WRAPPER), POLICY],
  ['W03 the same, forged Body with the same Id', (t) => wrap(t, `${WSU} wsu:Id="id-Body"`, IN_WRAPPER), POLICY],
  ['W04 forged Body with plain Id', (t) => wrap(t, 'Id="id-Body"', IN_WRAPPER), POLICY],
  ['W04 forged Body with ID', (t) => wrap(t, 'ID="id-Body"', IN_WRAPPER), POLICY],
  ['W04 forged Body with id', (t) => wrap(t, 'id="id-Body"', IN_WRAPPER), POLICY],
  ['W04 forged Body with xml:id', (t) => wrap(t, 'xml:id="id-Body"', IN_WRAPPER), POLICY],
  ['W04 forged Body with a foreign Id', (t) => wrap(t, 'xmlns:f="urn:f" f:Id="id-Body"', IN_WRAPPER), POLICY],
  ['W05 two Body, signed first', (t) => wrap(t, '', before('<soapenv:Body >')), POLICY],
  ['W05 two Body, forged first', (t) => wrap(t, '', before('</soapenv:Envelope>')), POLICY],
  [
    'W06 signed Body in ds:Object',
    (t) => wrap(t, '', (b, f) => swap(f, '</ds:Signature>', `<ds:Object>${b}</ds:Object></ds:Signature>`)),
    POLICY,
  ],
  ['W07 signed Body in KeyInfo', (t) => wrap(t, '', before('</ds:KeyInfo>')), POLICY],
  ['W07 signed Body in SecurityTokenReference', (t) => wrap(t, '', before('</wsse:SecurityTokenReference>')), POLICY],
  ['W07 signed Body beside the token', (t) => wrap(t, '', before('<wsse:BinarySecurityToken')), POLICY],
  ['W07 signed Body in the token', (t) => wrap(t, '', before('</wsse:BinarySecurityToken>')), POLICY],
  ['W07 signed Body in the Timestamp', (t) => wrap(t, '', before('</wsu:Timestamp>')), POLICY],
  [
    'W07 signed Body in a second Security header',
    (t) =>
      wrap(t, '', (b, f) => swap(f, '</soapenv:Header>', `${SECOND_SECURITY}>${b}</wsse:Security></soapenv:Header>`)),
    POLICY,
  ],
  ['W07 signed Body in the forged one', (t) => wrap(t, '', before('</soapenv:Body>')), POLICY],
  ['W07 signed Body deep in the forged one', (t) => wrap(t, '', before('</n:userId>')), POLICY],
  ['W07 signed Body in a header that is signed', (t) => wrap(t, '', before('</wsa:Action>')), POLICY],
  ['W07 a wrapper as root', (t) => `<w xmlns="urn:w">${t}</w>`, POLICY],
  [
    'W08 the whole envelope in the header of a forged one',
    (t) => swap(swap(t, BODY, `<soapenv:Body>${FORGED}</soapenv:Body>`), '<wsa:To', `${t}<wsa:To`),
    POLICY,
  ],
  [
    'W12 old signed Timestamp in a wrapper, fresh one in place',
    (t) => {
      const old = part(t, /<wsu:Timestamp .*<\/wsu:Timestamp>/);
      const fresh = old.replace('id-Timestamp', 'new').replace('12:05', '13:05');
      return swap(
        swap(t, /<wsu:Timestamp .*<\/wsu:Timestamp>/, fresh),
        '<wsse:Security ',
        `<w xmlns="urn:w">${old}</w><wsse:Security `,
      );
    },
    POLICY,
  ],
  [
    'W13 signed Action in a wrapper, forged one in place',
    (t) => {
      const signed = part(t, /<wsa:Action .*<\/wsa:Action>/);
      const forged = '<wsa:Action>EucalyptusNC#ncTerminateInstance</wsa:Action>';
      return swap(
        swap(t, /<wsa:Action .*<\/wsa:Action>/, forged),
        '<wsse:Security ',
        `<w xmlns="urn:w">${signed}</w><wsse:Security `,
      );
    },
    POLICY,
  ],
  ['W13 two Actions', (t) => swap(t, '<wsa:Action ', '<wsa:Action>x</wsa:Action><wsa:Action '), POLICY],
];

const shape: readonly Attack[] = [
  [
    'W14 ReplyTo',
    (t) => swap(t, '<wsa:To ', '<wsa:ReplyTo><wsa:Address>http://x/</wsa:Address></wsa:ReplyTo><wsa:To '),
    POLICY,
  ],
  ['W11 a second Security header', (t) => swap(t, '<wsse:Security ', `${SECOND_SECURITY}/><wsse:Security `), POLICY],
  [
    'W11 a Security header for another actor',
    (t) => swap(t, 'soapenv:mustUnderstand="1"', 'soapenv:actor="urn:x"'),
    POLICY,
  ],
  ['W15 no Signature', (t) => swap(t, /<ds:Signature .*<\/ds:Signature>/, ''), 'Wire.NotSigned'],
  [
    'W15 an empty Security header',
    (t) => swap(t, /(<wsse:Security [^>]*>).*(?=<\/wsse:Security>)/, SECOND_SECURITY + '>'),
    'Wire.NotSigned',
  ],
  ['W15 no Security header', (t) => swap(t, /<wsse:Security .*<\/wsse:Security>/, ''), 'Wire.NotSigned'],
  ['W15 no Header', (t) => swap(t, /<soapenv:Header .*<\/soapenv:Header>/, ''), 'Wire.NotSigned'],
  ['W15 no Reference', (t) => swap(t, /<ds:Reference .*<\/ds:Reference>/, ''), POLICY],
  ['W15 the Body unsigned', (t) => swap(t, /<ds:Reference URI="#id-Body">.*?<\/ds:Reference>/, ''), POLICY],
  [
    'W16 an empty Signature first',
    (t) => swap(t, '<ds:Signature ', '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/><ds:Signature '),
    POLICY,
  ],
  [
    'W16 a Signature in the Body',
    (t) => swap(t, '</soapenv:Body>', '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></soapenv:Body>'),
    POLICY,
  ],
  ['W17 two SignedInfo', (t) => swap(t, '</ds:SignedInfo>', '</ds:SignedInfo><ds:SignedInfo></ds:SignedInfo>'), POLICY],
  ['W17 a child in DigestValue', (t) => swap(t, '</ds:DigestValue>', '<x/></ds:DigestValue>'), POLICY],
  [
    'W17 two DigestValue',
    (t) => swap(t, '</ds:DigestValue>', '</ds:DigestValue><ds:DigestValue>AAAA</ds:DigestValue>'),
    POLICY,
  ],
  [
    'W17 a comment in DigestValue',
    (t) => swap(t, '</ds:DigestValue>', '<!-- -->\n</ds:DigestValue>'),
    'Wire.MalformedXml',
  ],
  ['W18 empty URI', (t) => swap(t, 'URI="#id-Body"', 'URI=""'), POLICY],
  ['W18 URI of the bare fragment', (t) => swap(t, 'URI="#id-Body"', 'URI="#"'), POLICY],
  ['W18 xpointer', (t) => swap(t, 'URI="#id-Body"', 'URI="#xpointer(/)"'), POLICY],
  ['W18 http URI', (t) => swap(t, 'URI="#id-Body"', 'URI="http://169.254.169.254/"'), POLICY],
  ['W18 file URI', (t) => swap(t, 'URI="#id-Body"', 'URI="file:///etc/passwd"'), POLICY],
  ['W18 no URI', (t) => swap(t, 'Reference URI="#id-Body"', 'Reference'), POLICY],
  ['W18 one part twice', (t) => swap(t, 'URI="#id-Body"', 'URI="#id-To"'), POLICY],
  [
    'W18 many references',
    (t) =>
      swap(
        t,
        '</ds:SignedInfo>',
        `${(/<ds:Reference .*?<\/ds:Reference>/.exec(t)?.[0] ?? '').repeat(20)}</ds:SignedInfo>`,
      ),
    POLICY,
  ],
  [
    'W21 RSAKeyValue in KeyInfo',
    (t) => swap(t, /<ds:KeyInfo>.*<\/ds:KeyInfo>/, '<ds:KeyInfo><ds:KeyValue/></ds:KeyInfo>'),
    POLICY,
  ],
  [
    'W21 KeyInfo with another id',
    (t) => swap(t, 'wsse:Reference URI="#id-Token"', 'wsse:Reference URI="#id-Body"'),
    POLICY,
  ],
  [
    'W21 two tokens',
    (t) => swap(t, '</wsse:BinarySecurityToken>', '</wsse:BinarySecurityToken><wsse:BinarySecurityToken/>'),
    POLICY,
  ],
  [
    'W22 bytes behind the certificate',
    (t) => swap(t, '</wsse:BinarySecurityToken>', 'AAAA</wsse:BinarySecurityToken>'),
    'Wire.UnknownCertificate',
  ],
  [
    'W22 garbage for a certificate',
    (t) => swap(t, /(?<=wsu:Id="id-Token"[^>]*>)[^<]*/, '-----BEGIN'),
    'Wire.UnknownCertificate',
  ],
  [
    'W23 another namespace for the payload',
    (t) => swap(t, 'xmlns:n="http://eucalyptus.ucsb.edu/"', 'xmlns:n="urn:other"'),
    'Wire.SignatureInvalid',
  ],
  [
    'W23 the envelope of SOAP 1.2',
    (t) => swap(t, 'http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'),
    POLICY,
  ],
  ['W25 a processing instruction as text', (t) => swap(t, 'admin', 'ad<?x y?>min'), 'Wire.MalformedXml'],
  ['W26 a comment in text', (t) => swap(t, 'admin', 'admin<!-- x -->'), 'Wire.MalformedXml'],
  ['W31 an element in Envelope', (t) => swap(t, '</soapenv:Envelope>', '<x/></soapenv:Envelope>'), POLICY],
  ['W31 an element in Header', (t) => swap(t, '</soapenv:Header>', '<x/></soapenv:Header>'), POLICY],
  ['W31 an element in Security', (t) => swap(t, '</wsse:Security>', '<x/></wsse:Security>'), POLICY],
  ['W31 text in Header', (t) => swap(t, '</soapenv:Header>', 'x</soapenv:Header>'), POLICY],
  ['W31 an attribute of Envelope', (t) => swap(t, '<soapenv:Envelope ', '<soapenv:Envelope a="" '), POLICY],
  [
    'W31 Body before Header',
    (t) => swap(swap(t, BODY, ''), '<soapenv:Header', `${BODY.exec(t)?.[0]}<soapenv:Header`),
    POLICY,
  ],
  ['a DOCTYPE', (t) => `<!DOCTYPE x [<!ENTITY e "e">]>${t}`, 'Wire.MalformedXml'],
  ['SignatureValue in another spelling', (t) => swap(t, '</ds:SignatureValue>', '=</ds:SignatureValue>'), POLICY],
];

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const algorithms: readonly Attack[] = [
  ...[
    'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
    'http://www.w3.org/TR/1999/REC-xslt-19991116',
    'http://www.w3.org/TR/1999/REC-xpath-19991116',
    'http://www.w3.org/2002/06/xmldsig-filter2',
    'http://www.w3.org/2000/09/xmldsig#base64',
    'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
    'urn:unknown',
  ].map((uri): Attack => [
    `W19 transform ${uri}`,
    (t) => swap(t, TRANSFORM, `<ds:Transform Algorithm="${uri}"/>`),
    ALGORITHM,
  ]),
  [
    'W19 two transforms',
    (t) => swap(t, TRANSFORM, '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'.repeat(2)),
    POLICY,
  ],
  ['W19 no transform', (t) => swap(t, TRANSFORM, ''), POLICY],
  [
    'W23 a PrefixList',
    (t) =>
      swap(
        t,
        '#"></ds:Transform>',
        '#"><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="n"/></ds:Transform>',
      ),
    ALGORITHM,
  ],
  ...[
    'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
    'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
    'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
    'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    'http://www.w3.org/2000/09/xmldsig#dsa-sha1',
    '',
  ].map((uri): Attack => [`W20 signature algorithm ${uri}`, (t) => swap(t, RSA_SHA256, uri), ALGORITHM]),
  [
    'W20 HMACOutputLength',
    (t) => swap(t, '</ds:SignatureMethod>', '<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>'),
    ALGORITHM,
  ],
  [
    'W20 SHA-1 digests under RSA-SHA256',
    (t) => swap(t, 'http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1'),
    ALGORITHM,
  ],
  [
    'W20 an altered digest',
    (t) => swap(t, DIGEST_VALUE, '<ds:DigestValue>AAAA</ds:DigestValue>'),
    'Wire.SignatureInvalid',
  ],
];

describe.each([...wrapping, ...shape, ...algorithms])('%s', (_what, attack, code) => {
  test('is refused', () => {
    const forged = attack(signedRequest(peer).text);
    expect(codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(forged))).toBe(code);
    expect(codeOf(() => verifierAt([peer.certificatePem], { engine: xmlCrypto }).verifyRequest(forged))).toBe(code);
  });
});

describe('W21 the certificate', () => {
  test('of an intruder with the name of the peer is refused', () => {
    const { text } = signedRequest(intruder);
    expect(codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(text))).toBe('Wire.UnknownCertificate');
  });

  test('of the peer on a message signed by another key is refused', () => {
    const token = loadIdentity(peer).token;
    const text = swap(signedRequest(intruder).text, loadIdentity(intruder).token, token);
    expect(codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(text))).toBe('Wire.SignatureInvalid');
  });

  test('may be one of several that are trusted, and is told', () => {
    const verifier = verifierAt([intruder.certificatePem, peer.certificatePem]);
    expect(verifier.verifyRequest(signedRequest(peer).text).certificatePem).toBe(peer.certificatePem);
  });
});

describe('W09 a well-signed Body', () => {
  test.each([
    ['with two operations', PAYLOAD + PAYLOAD],
    ['without operation', ''],
    ['with text', 'x'],
    ['with text beside the operation', `${PAYLOAD}x`],
  ])('%s is refused', (_what, payload) => {
    const { text } = signedRequest(peer, { payload });
    expect(codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(text))).toBe('Wire.PolicyViolation');
  });

  test('with an id of the header in it is refused', () => {
    const payload = PAYLOAD.replace('<n:userId>', '<n:userId id="id-To">');
    expect(codeOf(() => verifierAt([peer.certificatePem]).verifyRequest(signedRequest(peer, { payload }).text))).toBe(
      'Wire.PolicyViolation',
    );
  });
});

test('the signer writes no message that its verifier would refuse for hostile texts', () => {
  const signer = new MessageSigner({ identity: loadIdentity(peer), clock: () => NOW });
  const action = 'A&<>"\'\u00fc';
  const { text } = signer.sign({ to: `${TO}?a=1&b=<`, action, payload: PAYLOAD });
  expect(verifierAt([peer.certificatePem]).verifyRequest(text)).toMatchObject({ to: `${TO}?a=1&b=<`, action });
});
