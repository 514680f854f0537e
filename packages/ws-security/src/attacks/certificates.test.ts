import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import { makeIdentity } from '@mallee/testing';
import { loadIdentity, readCertificate, type IdentityPem } from '../index.js';
import { describeAttacks, onTree, POLICY, UNKNOWN, type Attack } from '../test-support/attacks.js';
import { codeOf } from '../test-support/messages.js';
import { XMLNS_WSSE, XMLNS_WSU } from '../test-support/namespaces.js';
import { sampleOf } from '../test-support/samples.js';
import { swap } from '../test-support/surgery.js';
import {
  element,
  findNode,
  movableCopy,
  replaceNode,
  setText,
  textOf,
  type WireNode,
} from '../test-support/wire-tree.js';

const X509 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0';

const keyInfo = (...content: WireNode[]): Attack['change'] =>
  onTree((root) => void (findNode(root, 'KeyInfo').content = content));
const reference = (...content: WireNode[]): Attack['change'] =>
  keyInfo(element('wsse:SecurityTokenReference', '', ...content));
const token = (change: (node: WireNode) => void): Attack['change'] =>
  onTree((root) => change(findNode(root, 'BinarySecurityToken')));

const keyInfos: readonly Attack[] = [
  {
    title: 'W21 an RSAKeyValue',
    change: keyInfo(
      element(
        'ds:KeyValue',
        '',
        element('ds:RSAKeyValue', '', element('ds:Modulus', '', 'AQAB'), element('ds:Exponent', '', 'AQAB')),
      ),
    ),
    code: POLICY,
  },
  {
    title: 'W21 an RSAKeyValue beside the reference',
    change: onTree((root) => void findNode(root, 'KeyInfo').content.push(element('ds:KeyValue'))),
    code: POLICY,
  },
  {
    title: 'W21 X509Data',
    change: keyInfo(element('ds:X509Data', '', element('ds:X509Certificate', '', 'AAAA'))),
    code: POLICY,
  },
  { title: 'W21 a KeyName', change: keyInfo(element('ds:KeyName', '', 'peer')), code: POLICY },
  {
    title: 'W21 a RetrievalMethod',
    change: keyInfo(element('ds:RetrievalMethod', 'URI="http://example.org/"')),
    code: POLICY,
  },
  {
    title: 'W21 a subject key identifier',
    change: reference(element('wsse:KeyIdentifier', `ValueType="${X509}#X509SubjectKeyIdentifier"`, 'AAAA')),
    code: POLICY,
  },
  {
    title: 'W21 issuer and serial number',
    change: reference(
      element('ds:X509Data', '', element('ds:X509IssuerSerial', '', element('ds:X509SerialNumber', '', '1'))),
    ),
    code: POLICY,
  },
  {
    title: 'W21 an embedded token',
    change: onTree((root) => {
      const copy = movableCopy(root, findNode(root, 'BinarySecurityToken'));
      const embedded = element('wsse:Embedded', '', copy);
      findNode(root, 'KeyInfo').content = [element('wsse:SecurityTokenReference', '', embedded)];
    }),
    code: POLICY,
  },
  ...['#id-Body', '#id-Signature', '#nothing', '', 'http://example.org/cert', '#xpointer(/)'].map((uri): Attack => ({
    title: `W21 a token reference to "${uri}"`,
    change: reference(element('wsse:Reference', `URI="${uri}" ValueType="${X509}#X509v3"`)),
    code: POLICY,
  })),
  {
    title: 'W21 a token reference of another type',
    change: reference(element('wsse:Reference', `URI="#id-Token" ValueType="${X509}#X509PKIPathv1"`)),
    code: POLICY,
  },
  { title: 'W21 an empty KeyInfo', change: keyInfo(), code: POLICY },
  {
    title: 'W21 two token references',
    change: reference(element('wsse:Reference', 'URI="#id-Token"'), element('wsse:Reference', 'URI="#id-Token"')),
    code: POLICY,
  },
  ...(['in front', 'behind'] as const).map((where): Attack => ({
    title: `W21 a second token ${where}`,
    change: onTree((root) => {
      const genuine = findNode(root, 'BinarySecurityToken');
      const other = element(
        'wsse:BinarySecurityToken',
        `${XMLNS_WSU} wsu:Id="other" ValueType="${X509}#X509v3"`,
        textOf(genuine),
      );
      replaceNode(root, genuine, ...(where === 'in front' ? [other, genuine] : [genuine, other]));
    }),
    code: POLICY,
  })),
  {
    title: 'W21 the token in a second Security header',
    change: onTree((root) => {
      const genuine = findNode(root, 'BinarySecurityToken');
      const copy = movableCopy(root, genuine);
      replaceNode(root, genuine);
      findNode(root, 'Header').content.push(element('wsse:Security', XMLNS_WSSE, copy));
    }),
    code: POLICY,
  },
];

const tokens: readonly Attack[] = [
  { title: 'W22 bytes behind the certificate', change: token((node) => void node.content.push('AAAA')), code: UNKNOWN },
  {
    title: 'W22 bytes in front of the certificate',
    change: token((node) => void node.content.unshift('AAAA')),
    code: UNKNOWN,
  },
  {
    title: 'W22 a certificate cut short',
    change: token((node) => setText(node, textOf(node).slice(0, -8))),
    code: UNKNOWN,
  },
  { title: 'W22 the certificate twice', change: token((node) => setText(node, textOf(node).repeat(2))), code: UNKNOWN },
  {
    title: 'W22 garbage for a certificate',
    change: token((node) => setText(node, '-----BEGIN CERTIFICATE-----')),
    code: UNKNOWN,
  },
  {
    title: 'W22 a PEM text',
    change: token((node) => setText(node, `-----BEGIN CERTIFICATE-----\n${textOf(node)}\n-----END CERTIFICATE-----`)),
    code: UNKNOWN,
  },
  { title: 'W22 no certificate', change: token((node) => void (node.content = [])), code: POLICY },
  {
    title: 'W22 a megabyte of certificate',
    change: token((node) => setText(node, 'A'.repeat(500_000))),
    code: UNKNOWN,
  },
  {
    title: 'W22 base64 of another alphabet',
    change: token((node) => setText(node, `${textOf(node).slice(0, -4)}-_==`)),
    code: UNKNOWN,
  },
  {
    title: 'W22 a token of a chain',
    change: token((node) => void (node.attributes = node.attributes.replace('#X509v3', '#X509PKIPathv1'))),
    code: POLICY,
  },
  {
    title: 'W22 a token in hex',
    change: token((node) => void (node.attributes = node.attributes.replace('#Base64Binary', '#HexBinary'))),
    code: POLICY,
  },
  {
    title: 'W22 a token of no type',
    change: token((node) => void (node.attributes = node.attributes.replace(/ ValueType="[^"]*"/, ''))),
    code: POLICY,
  },
  {
    title: 'W22 the certificate in lines says the same',
    change: token((node) => setText(node, `\n${textOf(node).replace(/.{64}/g, '$&\n')}\n`)),
    code: 'accepted',
  },
];

describeAttacks('certificates in the message', [...keyInfos, ...tokens]);

/** A certificate with some of its bytes written otherwise; what it is signed with is not looked at by anybody here. */
function patched(pem: string, change: (der: Buffer) => void): string {
  const der = Buffer.from(new X509Certificate(pem).raw);
  change(der);
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

/** Sets the years (two digits) of notBefore and notAfter. */
const years = (from: string, to: string) => (der: Buffer) => {
  const first = der.indexOf(Buffer.from([0x17, 0x0d]));
  der.write(from, first + 2, 'latin1');
  der.write(to, first + 17, 'latin1');
};

describe('certificates of other keys and times', () => {
  let peer: IdentityPem;
  let intruder: IdentityPem;
  beforeAll(async () => {
    [peer, intruder] = await Promise.all([makeIdentity('peer'), makeIdentity('peer')]);
  });
  const from = (pem: IdentityPem, trusted: string): string => {
    const sample = sampleOf(pem, 'body-timestamp', 'request');
    return codeOf(() => sample.receive(sample.text, { trusted: () => [trusted] }));
  };

  test('W21 an intruder with subject, issuer and serial number of the peer is refused', () => {
    const [own, peers] = [intruder, peer].map(({ certificatePem }) => new X509Certificate(certificatePem));
    const serial = Buffer.from(peers!.serialNumber, 'hex');
    const certificatePem = patched(intruder.certificatePem, (der) => {
      serial.copy(der, der.indexOf(Buffer.from(own!.serialNumber, 'hex')));
    });
    const fake = new X509Certificate(certificatePem);
    expect([fake.subject, fake.issuer, fake.serialNumber]).toEqual([
      peers!.subject,
      peers!.issuer,
      peers!.serialNumber,
    ]);
    expect(from({ ...intruder, certificatePem }, peer.certificatePem)).toBe(UNKNOWN);
  });

  test('W21 the token of the peer on a message signed by another key is refused', () => {
    const sample = sampleOf(intruder, 'body-timestamp', 'request');
    const text = swap(sample.text, loadIdentity(intruder).token, loadIdentity(peer).token);
    expect(codeOf(() => sample.receive(text, { trusted: () => [peer.certificatePem] }))).toBe('Wire.SignatureInvalid');
  });

  test('W21 of two trusted peers the one that signed is told', () => {
    const sample = sampleOf(peer, 'headers-only', 'request');
    const trusted = () => [intruder.certificatePem, peer.certificatePem];
    expect(sample.receive(sample.text, { trusted }).certificatePem).toBe(peer.certificatePem);
    const text = swap(sample.text, loadIdentity(peer).token, loadIdentity(intruder).token);
    expect(codeOf(() => sample.receive(text, { trusted }))).toBe('Wire.SignatureInvalid');
  });

  test('W22 another certificate of the same key is refused: only equality counts', () => {
    const certificatePem = createSelfSignedCertificate({ privateKeyPem: peer.privateKeyPem, commonName: 'peer' });
    expect(from({ ...peer, certificatePem }, peer.certificatePem)).toBe(UNKNOWN);
    expect(from({ ...peer, certificatePem }, certificatePem)).toBe('accepted');
  });

  test.each([
    ['expired', '10', '11'],
    ['not yet valid', '48', '49'],
  ])('W22 a certificate that is %s is taken where it is registered, nowhere else', (_what, notBefore, notAfter) => {
    const certificatePem = patched(peer.certificatePem, years(notBefore, notAfter));
    expect(new X509Certificate(certificatePem).validTo).toContain(`20${notAfter}`);
    expect(from({ ...peer, certificatePem }, certificatePem)).toBe('accepted');
    expect(from({ ...peer, certificatePem }, peer.certificatePem)).toBe(UNKNOWN);
  });

  test('W22 a certificate that is no longer registered is refused from the next message on', () => {
    let registered = [peer.certificatePem];
    const sample = sampleOf(peer, 'body-timestamp', 'request');
    const trusted = (): readonly string[] => registered;
    expect(codeOf(() => sample.receive(sample.text, { trusted }))).toBe('accepted');
    registered = [];
    expect(codeOf(() => sample.receive(sample.text, { trusted }))).toBe(UNKNOWN);
  });

  test('W22 keys too small, too large and of another kind cannot be registered', async () => {
    const pem = async (bits: number): Promise<string> => {
      const { privateKeyPem } = await generateKeyPair(bits);
      return createSelfSignedCertificate({ privateKeyPem, commonName: 'x' });
    };
    const small = await pem(1024);
    expect(codeOf(() => readCertificate(small))).toBe('Configuration.Invalid');
    expect(codeOf(() => readCertificate('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'))).toBe(
      'Configuration.Invalid',
    );
    expect(new X509Certificate(hugeCertificate()).publicKey.asymmetricKeyDetails?.modulusLength).toBe(16_384);
    expect(codeOf(() => readCertificate(hugeCertificate()))).toBe('Configuration.Invalid');
    expect(codeOf(() => readCertificate(ELLIPTIC))).toBe('Configuration.Invalid');
  });
});

const der = (tag: number, ...parts: (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));
  const length =
    content.length < 128
      ? Buffer.from([content.length])
      : Buffer.from([0x82, content.length >> 8, content.length & 255]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
};

/** A certificate with an RSA key of 16384 bits, which nobody needs to have. */
function hugeCertificate(): string {
  const rsa = der(0x30, '06092a864886f70d0101010500');
  const sha256 = der(0x30, '06092a864886f70d01010b0500');
  const name = der(0x30, der(0x31, der(0x30, '0603550403', der(0x0c, Buffer.from('x')))));
  const time = (text: string): Buffer => der(0x17, Buffer.from(text));
  const modulus = der(0x02, '00', Buffer.alloc(2048, 0xc1));
  const key = der(0x30, rsa, der(0x03, '00', der(0x30, modulus, der(0x02, '010001'))));
  const validity = der(0x30, time('200101000000Z'), time('400101000000Z'));
  const body = der(0x30, der(0xa0, der(0x02, '02')), der(0x02, '01'), sha256, name, validity, name, key);
  const certificate = der(0x30, body, sha256, der(0x03, '00', Buffer.alloc(256)));
  return `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

const ELLIPTIC = `-----BEGIN CERTIFICATE-----
MIIBbDCCAROgAwIBAgIUQvKdSzXdDbM7t3oEhutxm6jlhmgwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBeDAeFw0yNjExMjIyMjAzNTRaFw0zNjExMTkyMjAzNTRaMAwx
CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARxtH4gacWoMGII
3V9NeePxU885vr6JVqLNxcEiY0FOUaVoJGUoc+GZl52ndPnyn/lMlCdd0ax8gtQ5
dhchh6Njo1MwUTAdBgNVHQ4EFgQUbB/D3zqePy/gTFwGphO1DmK3M7cwHwYDVR0j
BBgwFoAUbB/D3zqePy/gTFwGphO1DmK3M7cwDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNHADBEAiAYapqm0xbC7RLciqA+bQq2A+sXBrwHKOuDgOF0yuKXeQIg
EOIbyS4Bn+MSyL8rCg0fnESr9MGcsjEMq2fHciSSpAo=
-----END CERTIFICATE-----
`;
