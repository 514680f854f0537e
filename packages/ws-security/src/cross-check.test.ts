import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from '@jest/globals';
import { describeReal, makeIdentity, scratchDirectory } from '@mallee/testing';
import { SignedXml } from 'xml-crypto';
import { loadIdentity, loadXmlCryptoEngine, MessageSigner, suites, type IdentityPem, type SuiteName } from './index.js';
import { ACTION, codeOf, PAYLOAD, signedRequest, TO, verifierAt } from './test-support/messages.js';

let peer: IdentityPem;
beforeAll(async () => {
  peer = await makeIdentity('peer');
});

const names: SuiteName[] = ['rsa-sha256', 'rsa-sha1'];

/** A payload with everything that canonicalisation touches. */
const HARD =
  '<n:op xmlns:n="http://eucalyptus.ucsb.edu/"><n:a>&lt;\u00fc\u20ac\u{1f600}&amp;&gt;&#xD;"\'\t\n</n:a><n:b></n:b></n:op>';

describe.each(names)('a request signed with %s', (suite) => {
  it('is verified, and only its signed content comes out', () => {
    const { text, messageId } = signedRequest(peer, { suite, payload: HARD });
    const verified = verifierAt([peer.certificatePem], { suites: [suite] }).verifyRequest(text);
    expect(verified).toMatchObject({ to: TO, action: ACTION, messageId, suite, certificatePem: peer.certificatePem });
    expect(verified.payload.children[0]?.text).toBe('<\u00fc\u20ac\u{1f600}&>\r"\'\t\n');
    expect(messageId).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
  });

  it('is verified by xml-crypto on its own', () => {
    const { text } = signedRequest(peer, { suite, payload: HARD });
    const verifier = new SignedXml({ publicCert: peer.certificatePem, idMode: 'wssecurity' });
    verifier.loadSignature(/<ds:Signature .*<\/ds:Signature>/.exec(text)?.[0] ?? '');
    expect(verifier.checkSignature(text)).toBe(true);
    expect(verifier.getSignedReferences()).toHaveLength(5);
  });

  it('is verified with the xml-crypto engine', async () => {
    const verifier = verifierAt([peer.certificatePem], { suites: [suite], engine: await loadXmlCryptoEngine() });
    const { text } = signedRequest(peer, { suite, payload: HARD });
    expect(verifier.verifyRequest(text).action).toBe(ACTION);
    expect(codeOf(() => verifier.verifyRequest(text.replace('\u00fc', 'u')))).toBe('Wire.SignatureInvalid');
  });
});

test('a reply is verified against its request, by us and by xml-crypto', async () => {
  const signer = new MessageSigner({ identity: loadIdentity(peer), clock: () => Date.parse('2026-11-22T12:00:00Z') });
  const { text } = signer.sign({ action: ACTION, payload: HARD, relatesTo: 'urn:uuid:1', from: TO });
  for (const engine of [undefined, await loadXmlCryptoEngine()]) {
    const verifier = verifierAt([peer.certificatePem], engine === undefined ? {} : { engine });
    expect(verifier.verifyReply(text, 'urn:uuid:1').action).toBe(ACTION);
    expect(codeOf(() => verifier.verifyReply(text, 'urn:uuid:2'))).toBe('Wire.PolicyViolation');
    expect(codeOf(() => verifier.verifyRequest(text))).toBe('Wire.PolicyViolation');
  }
  expect(codeOf(() => verifierAt([peer.certificatePem]).verifyReply(signedRequest(peer).text, 'urn:uuid:1'))).toBe(
    'Wire.PolicyViolation',
  );
});

describe.each(names)('a message signed by xml-crypto with %s', (suite) => {
  it('is verified', () => {
    const { text } = signedRequest(peer, { suite });
    const unsigned = text.replace(/<ds:Signature .*<\/ds:Signature>/, '');
    const signer = new SignedXml({
      privateKey: peer.privateKeyPem,
      idMode: 'wssecurity',
      signatureAlgorithm: suites[suite].signature,
      canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
      getKeyInfoContent: () =>
        '<wsse:SecurityTokenReference><wsse:Reference URI="#id-Token"/></wsse:SecurityTokenReference>',
    });
    for (const part of ['Timestamp', 'Body', 'To', 'MessageID', 'Action']) {
      signer.addReference({
        xpath: `//*[local-name(.)='${part}']`,
        transforms: ['http://www.w3.org/2001/10/xml-exc-c14n#'],
        digestAlgorithm: suites[suite].digest,
      });
    }
    signer.computeSignature(unsigned, {
      prefix: 'ds',
      location: { reference: "//*[local-name(.)='Security']", action: 'append' },
      existingPrefixes: {
        wsse: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
      },
    });
    const verified = verifierAt([peer.certificatePem], { suites: [suite] }).verifyRequest(signer.getSignedXml());
    expect(verified.payload.local).toBe('ncDescribeResource');
    expect(PAYLOAD).toContain(verified.payload.children[0]?.text ?? 'nothing');
  });
});

describeReal({ programs: ['xmlsec1'] }, 'xmlsec1', () => {
  test.each(names)('verifies our %s messages', (suite) => {
    const scratch = scratchDirectory();
    const file = join(scratch.path, 'message.xml');
    const certificate = join(scratch.path, 'peer.pem');
    writeFileSync(file, signedRequest(peer, { suite, payload: HARD }).text);
    writeFileSync(certificate, peer.certificatePem);
    const WSA = 'http://www.w3.org/2005/08/addressing';
    const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
    const ids = [`${WSA}:To`, `${WSA}:Action`, `${WSA}:MessageID`, `${WSU}:Timestamp`];
    const options = [...ids, 'http://schemas.xmlsoap.org/soap/envelope/:Body'].flatMap((name) => [
      '--id-attr:Id',
      name,
    ]);
    const run = (): string =>
      execFileSync('xmlsec1', ['--verify', '--pubkey-cert-pem', certificate, ...options, file], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    expect(run).not.toThrow();
    writeFileSync(file, signedRequest(peer, { suite, payload: HARD }).text.replace('\u20ac', 'e'));
    expect(run).toThrow();
    scratch.remove();
  });
});
