import { constants, publicEncrypt, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isMalleeError } from '@mallee/errors';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import { recoverKey } from './image-key.js';
import { parseManifest } from './parse-manifest.js';
import { bundleBytes, TAR_END, tarWith } from './test-support/bundles.js';
import { verifyManifestSignature } from './verify-manifest.js';

let user: TestIdentity;
let cloud: TestIdentity;
let text: string;
beforeAll(async () => {
  user = await makeIdentity('user');
  cloud = await makeIdentity('cloud');
  const tar = Buffer.concat([tarWith('disk', Buffer.alloc(2000, 7)), TAR_END]);
  text = bundleBytes(user, cloud, { tar, size: 2000, partBytes: 64 }).manifest.toString();
});

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return isMalleeError(error) ? error.code : `untyped: ${String(error)}`;
  }
};
const parseCode = (document: string) => codeOf(() => parseManifest(Buffer.from(document)));
const verifyCode = (document: string) =>
  codeOf(() => verifyManifestSignature(Buffer.from(document), [user.certificatePem]));

describe('parseManifest', () => {
  test('reads what the bundler wrote', () => {
    const manifest = parseManifest(Buffer.from(text));
    expect(manifest).toMatchObject({ kind: 'machine', architecture: 'x86_64', accountId: '000000000001', size: 2000 });
    expect(manifest.parts[0]?.filename).toBe('image.part.00');
    expect(manifest.userKey?.key).toHaveLength(512);
  });

  test('knows kernels and ramdisks by their own id being true, and references by their id', () => {
    const withIds = (ids: string) =>
      parseManifest(Buffer.from(text.replace('</machine_configuration>', `${ids}</machine_configuration>`)));
    expect(withIds('<kernel_id>true</kernel_id>').kind).toBe('kernel');
    expect(withIds('<ramdisk_id>yes</ramdisk_id>').kind).toBe('ramdisk');
    const machine = withIds('<kernel_id>eki-1</kernel_id><ramdisk_id>eri-1</ramdisk_id>');
    expect([machine.kind, machine.kernelId, machine.ramdiskId]).toEqual(['machine', 'eki-1', 'eri-1']);
  });

  test.each([
    ['part in another bucket', /image\.part\.00/, '../other/image.part.00', 'Image.LocationInvalid'],
    ['absolute part', /image\.part\.00/, '/etc/passwd', 'Image.LocationInvalid'],
    ['part ..', /image\.part\.00/, '..', 'Image.LocationInvalid'],
    ['part with a backslash', /image\.part\.00/, '..\\x', 'Image.LocationInvalid'],
    ['part with an escaped slash', /image\.part\.00/, 'a&#47;b', 'Image.LocationInvalid'],
    ['part named twice', /image\.part\.01/, 'image.part.00', 'Image.ManifestInvalid'],
    ['wrong count', /count="\d+"/, 'count="1"', 'Image.ManifestInvalid'],
    ['wrong order', /index="1"/, 'index="2"', 'Image.ManifestInvalid'],
    ['negative size', /<size>\d+/, '<size>-1', 'Image.ManifestInvalid'],
    ['enormous size', /<size>\d+/, '<size>9999999999999999', 'Image.ManifestInvalid'],
    ['other digest algorithm', /SHA1/, 'MD5', 'Image.ManifestInvalid'],
    ['other cipher', /AES-128-CBC/, 'AES-128-ECB', 'Image.ManifestInvalid'],
    ['no parts', /<parts.*<\/parts>/, '<parts count="0"></parts>', 'Image.ManifestInvalid'],
    ['short account', /000000000001/, '1', 'Image.ManifestInvalid'],
    ['DOCTYPE', /<manifest>/, '<!DOCTYPE manifest [<!ENTITY a "b">]><manifest>', 'Image.ManifestInvalid'],
    ['comment', /<manifest>/, '<manifest><!-- x -->', 'Image.ManifestInvalid'],
    ['not XML', /^.*$/s, 'hello', 'Image.ManifestInvalid'],
    [
      'key not hexadecimal',
      /<ec2_encrypted_key algorithm="AES-128-CBC">../,
      '<ec2_encrypted_key algorithm="AES-128-CBC">zz',
      'Image.ManifestInvalid',
    ],
  ])('refuses: %s', (_what, pattern, replacement, code) => {
    const changed = text.replace(pattern, replacement);
    expect(changed).not.toBe(text);
    expect(parseCode(changed)).toBe(code);
  });

  test('survives any damage with a typed error', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string({ maxLength: 8 }), fc.nat({ max: 20 }), (at, insert, cut) => {
        const position = at % text.length;
        const code = parseCode(text.slice(0, position) + insert + text.slice(position + cut));
        expect(code).not.toMatch(/^untyped/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('verifyManifestSignature', () => {
  test('accepts the signer among several certificates, and nobody else', () => {
    const certificates = ['garbage', cloud.certificatePem, user.certificatePem];
    expect(verifyManifestSignature(Buffer.from(text), certificates).certificatePem).toBe(user.certificatePem);
    expect(codeOf(() => verifyManifestSignature(Buffer.from(text), [cloud.certificatePem]))).toBe(
      'Image.SignatureInvalid',
    );
    expect(codeOf(() => verifyManifestSignature(Buffer.from(text), []))).toBe('Image.SignatureInvalid');
  });

  test('refuses an unsigned manifest and any change of the signed elements', () => {
    expect(verifyCode(text.replace(/<signature>.*<\/signature>/, '<signature>UNSIGNED</signature>'))).toBe(
      'Image.SignatureInvalid',
    );
    expect(verifyCode(text.replace(/<signature>.*<\/signature>/, ''))).toBe('Image.SignatureInvalid');
    expect(verifyCode(text.replace('<size>2000', '<size>2001'))).toBe('Image.SignatureInvalid');
    expect(verifyCode(text.replace('x86_64', 'i386'))).toBe('Image.SignatureInvalid');
  });

  test('cannot be led to values that are not signed', () => {
    const image = /<image>.*<\/image>/.exec(text)?.[0] ?? '';
    const evil = image.replace('<size>2000', '<size>1');
    const wrapped = [
      text.replace('<image>', `${evil}<image>`),
      text.replace('</image>', `</image>${evil}`),
      text.replace(image, `<x>${image}</x>${evil}`),
      text.replace(image, `<x>${image}</x>${evil.replace('<image>', '<image a="b">')}`),
      text.replace(
        image,
        `<x><![CDATA[${image}]]></x>${evil.replace('<image>', '<image >').replace('</image>', '</image >')}`,
      ),
      text.replace(
        image,
        `<x>${image}</x><image xmlns="urn:x"/>${evil.replace('<image>', '<image >').replace('</image>', '</image >')}`,
      ),
    ];
    for (const document of wrapped) expect(verifyCode(document)).toBe('Image.ManifestInvalid');
  });
});

describe('recoverKey', () => {
  test('gives one and the same error whatever is wrong', () => {
    const { cloudKey } = parseManifest(Buffer.from(text));
    const { publicKey } = new X509Certificate(cloud.certificatePem);
    const wrap = (data: Buffer | string) =>
      publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(data)).toString('hex');
    const raw = (block: Buffer) =>
      publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block).toString('hex');
    const noSeparator = Buffer.alloc(256, 1);
    noSeparator.set([0, 2]);
    const bad = [
      'ff'.repeat(256),
      '00',
      'ab'.repeat(300),
      wrap('short'),
      wrap('g'.repeat(32)),
      wrap('a'.repeat(33)),
      raw(noSeparator),
      raw(Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(221, 1), Buffer.alloc(1), Buffer.from('a'.repeat(32))])),
    ];
    const messages = new Set<string>();
    for (const key of bad) {
      for (const candidate of [
        { ...cloudKey, key },
        { ...cloudKey, iv: key },
      ]) {
        try {
          recoverKey({ cloudKey: candidate }, cloud.privateKeyPem);
          messages.add('nothing');
        } catch (error) {
          messages.add(isMalleeError(error) ? `${error.code} ${error.message} ${String(error.cause)}` : 'untyped');
        }
      }
    }
    expect([...messages]).toEqual([
      'Image.DecryptionFailed the image key cannot be recovered with the key of this cloud undefined',
    ]);
  });

  test('recovers with the right key only', () => {
    const manifest = parseManifest(Buffer.from(text));
    expect(recoverKey(manifest, cloud.privateKeyPem).key).toHaveLength(16);
    expect(codeOf(() => recoverKey(manifest, user.privateKeyPem))).toBe('Image.DecryptionFailed');
  });
});
