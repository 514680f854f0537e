import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeIdentity } from '@mallee/testing';
import { canonicalize, parseXml, type XmlElement } from '@mallee/xml';
import type { IdentityPem } from '../index.js';
import { ALGORITHM, describeAttacks, onTree, POLICY, type Attack } from '../test-support/attacks.js';
import { codeOf } from '../test-support/messages.js';
import { sampleOf } from '../test-support/samples.js';
import { swap } from '../test-support/surgery.js';
import { copyTree, element, findNode, replaceNode, type WireNode } from '../test-support/wire-tree.js';

const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const EC = `xmlns:ec="${C14N}"`;

const setAlgorithm = (local: string, uri: string): Attack['change'] =>
  onTree((root) => void (findNode(root, local).attributes = ` Algorithm="${uri}"`));

const otherTransforms = [
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  'http://www.w3.org/TR/1999/REC-xslt-19991116',
  'http://www.w3.org/TR/1999/REC-xpath-19991116',
  'http://www.w3.org/2002/06/xmldsig-filter2',
  'http://www.w3.org/2000/09/xmldsig#base64',
  `${C14N}WithComments`,
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
  'http://www.w3.org/2006/12/xml-c14n11',
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform',
  'http://www.w3.org/2001/04/decrypt#XML',
  'http://www.w3.org/2001/10/XML-EXC-C14N#',
  'http://www.w3.org/2001/10/xml-exc-c14n',
  ' http://www.w3.org/2001/10/xml-exc-c14n#',
  'urn:unknown',
  '',
];

const xslt = element(
  'xsl:stylesheet',
  'xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"',
  element('xsl:include', 'href="file:///etc/passwd"'),
);

const transforms: readonly Attack[] = [
  ...otherTransforms.map((uri): Attack => ({
    title: `W19 transform "${uri}"`,
    change: setAlgorithm('Transform', uri),
    code: ALGORITHM,
  })),
  ...otherTransforms.map((uri): Attack => ({
    title: `${/WithComments$/.test(uri) ? 'W29' : 'W19'} CanonicalizationMethod "${uri}"`,
    change: setAlgorithm('CanonicalizationMethod', uri),
    code: ALGORITHM,
  })),
  {
    title: 'W19 a stylesheet as the transform',
    change: onTree((root) => {
      const transform = findNode(root, 'Transform');
      transform.attributes = ' Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"';
      transform.content = [xslt];
    }),
    code: ALGORITHM,
  },
  {
    title: 'W19 a stylesheet within the allowed transform',
    change: onTree((root) => void (findNode(root, 'Transform').content = [xslt])),
    code: ALGORITHM,
  },
  {
    title: 'W19 an XPath within the allowed transform',
    change: onTree((root) => void (findNode(root, 'Transform').content = [element('ds:XPath', '', 'false()')])),
    code: ALGORITHM,
  },
  ...[2, 5, 1000].map((count): Attack => ({
    title: `W19 ${count} transforms, all of them allowed`,
    change: onTree((root) => {
      const { content } = findNode(root, 'Transforms');
      while (content.length < count) content.push(content[0]!);
    }),
    code: POLICY,
  })),
  {
    title: 'W19 enveloped-signature in front of the allowed transform',
    change: onTree((root) => {
      const other = copyTree(findNode(root, 'Transform'));
      other.attributes = ' Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"';
      findNode(root, 'Transforms').content.unshift(other);
    }),
    code: POLICY,
  },
  {
    title: 'W19 no transform',
    change: onTree((root) => void (findNode(root, 'Transforms').content = [])),
    code: POLICY,
  },
  {
    title: 'W19 no Transforms',
    change: onTree((root) => replaceNode(root, findNode(root, 'Transforms'))),
    code: POLICY,
  },
  {
    title: 'W19 an attribute of the transform',
    change: onTree((root) => void (findNode(root, 'Transform').attributes += ' PrefixList="n"')),
    code: POLICY,
  },
  ...['Transform', 'CanonicalizationMethod'].map((local): Attack => ({
    title: `W23 a PrefixList in ${local}`,
    change: onTree(
      (root) =>
        void findNode(root, local).content.push(element('ec:InclusiveNamespaces', `${EC} PrefixList="#default n wsa"`)),
    ),
    code: ALGORITHM,
  })),
];

const signatureMethods = [
  'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
  'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#hmac-md5',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  'http://www.w3.org/2000/09/xmldsig#dsa-sha1',
  'http://www.w3.org/2009/xmldsig11#dsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256',
  'rsa-sha256',
  '__proto__',
  'none',
  '',
];

const methods: readonly Attack[] = [
  ...signatureMethods.map((uri): Attack => ({
    title: `W20 signature algorithm "${uri}"`,
    change: setAlgorithm('SignatureMethod', uri),
    code: ALGORITHM,
  })),
  ...[
    'http://www.w3.org/2000/09/xmldsig#sha1',
    'http://www.w3.org/2001/04/xmldsig-more#md5',
    'http://www.w3.org/2001/04/xmlenc#sha512',
    'constructor',
    '',
  ].map((uri): Attack => ({
    title: `W20 digest algorithm "${uri}"`,
    change: setAlgorithm('DigestMethod', uri),
    code: ALGORITHM,
  })),
  {
    title: 'W20 HMACOutputLength',
    change: onTree(
      (root) => void (findNode(root, 'SignatureMethod').content = [element('ds:HMACOutputLength', '', '1')]),
    ),
    code: ALGORITHM,
  },
  {
    title: 'W20 HMACOutputLength with an HMAC',
    change: onTree((root) => {
      const method = findNode(root, 'SignatureMethod');
      method.attributes = ' Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"';
      method.content = [element('ds:HMACOutputLength', '', '0')];
    }),
    code: ALGORITHM,
  },
  ...['SignatureMethod', 'DigestMethod', 'CanonicalizationMethod', 'Transform'].flatMap((local): Attack[] => [
    {
      title: `W20 no Algorithm in ${local}`,
      change: onTree((root) => void (findNode(root, local).attributes = '')),
      code: POLICY,
    },
    {
      title: `W20 Algorithm of a foreign namespace in ${local}`,
      change: onTree((root) => void (findNode(root, local).attributes = ` xmlns:x="urn:x" x:Algorithm="${C14N}"`)),
      code: POLICY,
    },
    {
      title: `W20 ${local} taken away`,
      change: onTree((root) => replaceNode(root, findNode(root, local))),
      code: POLICY,
    },
  ]),
];

describeAttacks('algorithms', [...transforms, ...methods]);

function find(element: XmlElement, local: string): XmlElement | undefined {
  return element.local === local ? element : element.children.map((child) => find(child, local)).find(Boolean);
}

describe('W20', () => {
  let peer: IdentityPem;
  beforeAll(async () => {
    peer = await makeIdentity('peer');
  });

  test.each(['sha1', 'sha256'] as const)('an HMAC-%s keyed with the public certificate is refused', (hash) => {
    const uri =
      hash === 'sha1'
        ? 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'
        : 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256';
    const sample = sampleOf(peer, 'body-timestamp', 'request');
    const text = swap(sample.text, 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', uri);
    const info = Buffer.from(canonicalize(find(parseXml(text), 'SignedInfo')!));
    const token = /wsu:Id="id-Token">([^<]*)/.exec(text)?.[1] ?? '';
    for (const secret of [peer.certificatePem, Buffer.from(token, 'base64'), token]) {
      const value = createHmac(hash, secret).update(info).digest('base64');
      const forged = swap(text, /(?<=<ds:SignatureValue>)[^<]*/, value);
      expect(codeOf(() => sample.receive(forged))).toBe(ALGORITHM);
      expect(codeOf(() => sample.receive(forged, { suites: ['rsa-sha256', 'rsa-sha1'] }))).toBe(ALGORITHM);
    }
  });

  test.each(['body-timestamp', 'headers-only'] as const)(
    'RSA-SHA1 of %s is taken where it is allowed, only',
    (profile) => {
      const sample = sampleOf(peer, profile, 'request', 'rsa-sha1');
      expect(sample.receive(sample.text).suite).toBe('rsa-sha1');
      expect(sample.receive(sample.text, { suites: ['rsa-sha256', 'rsa-sha1'] }).suite).toBe('rsa-sha1');
      expect(codeOf(() => sample.receive(sample.text, { suites: ['rsa-sha256'] }))).toBe(ALGORITHM);
      expect(codeOf(() => sample.receive(sampleOf(peer, profile, 'request').text))).toBe(ALGORITHM);
    },
  );

  test('an allowance belongs to the certificate that has it, not to the endpoint', async () => {
    const other = await makeIdentity('other');
    const trusted = () => [
      { certificatePem: other.certificatePem, suites: ['rsa-sha1'] as const },
      peer.certificatePem,
    ];
    const options = { trusted, suites: ['rsa-sha256'] as const };
    const fromPeer = sampleOf(peer, 'body-timestamp', 'request', 'rsa-sha1');
    expect(codeOf(() => fromPeer.receive(fromPeer.text, options))).toBe(ALGORITHM);
    const fromOther = sampleOf(other, 'body-timestamp', 'request', 'rsa-sha1');
    expect(fromOther.receive(fromOther.text, options).suite).toBe('rsa-sha1');
  });

  test('an element cannot be a stand-in for what the suite says', () => {
    const sample = sampleOf(peer, 'body-timestamp', 'request');
    const changed = onTree((root: WireNode) => {
      const method = findNode(root, 'SignatureMethod');
      method.content = [copyTree(method)];
    })(sample.text, sample);
    expect(codeOf(() => sample.receive(changed))).toBe(ALGORITHM);
  });
});
