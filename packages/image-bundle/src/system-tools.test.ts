import { execFile } from 'node:child_process';
import { createHash, createSign, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open as openFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  describeReal,
  makeIdentity,
  scratchDirectory,
  type ScratchDirectory,
  type TestIdentity,
} from '@mallee/testing';
import { bundleImage } from './bundle-image.js';
import { newImageKey, recoverKey, wrapKey } from './image-key.js';
import { partsOf, readAll } from './test-support/bundles.js';
import { unbundle } from './unbundle.js';
import { verifyManifestSignature } from './verify-manifest.js';
import { writeManifest } from './write-manifest.js';

const run = promisify(execFile);

describeReal({ programs: ['openssl', 'tar', 'gzip'] }, 'with the system tools as judge', () => {
  let scratch: ScratchDirectory;
  let user: TestIdentity;
  let cloud: TestIdentity;
  beforeAll(async () => {
    scratch = scratchDirectory();
    user = await makeIdentity('user');
    cloud = await makeIdentity('cloud');
  });
  afterAll(() => scratch.remove());
  const at = (name: string) => join(scratch.path, name);

  test('openssl, gzip and tar unpack what we bundle; openssl verifies the signature', async () => {
    const source = at('disk.img');
    const image = Buffer.concat([randomBytes(700_000), Buffer.alloc(500_000)]);
    await writeFile(source, image);
    const bundled = await bundleImage({
      source,
      kind: 'machine',
      name: 'tiny',
      accountId: '000000000001',
      userCertificatePem: user.certificatePem,
      userPrivateKeyPem: user.privateKeyPem,
      cloudCertificatePem: cloud.certificatePem,
      kernelId: 'eki-12345678',
      output: at('bundle'),
      partBytes: 100_000,
    });
    expect(await readdir(at('bundle'))).toEqual([bundled.manifestName, ...bundled.partNames]);
    const { manifest } = verifyManifestSignature(bundled.manifest, [user.certificatePem]);
    expect(manifest).toMatchObject({ kernelId: 'eki-12345678', size: image.length, bundledSize: bundled.bundledSize });

    const whole = Buffer.concat(await Promise.all(bundled.partNames.map((name) => readFile(join(at('bundle'), name)))));
    await writeFile(at('all.enc'), whole);
    await writeFile(at('user.pem'), user.privateKeyPem);
    // The key as any tool gets at it: with the user's key, hexadecimal text inside RSA PKCS#1 v1.5.
    const decrypt = async (hex: string | undefined) => {
      await writeFile(at('wrapped'), Buffer.from(hex ?? '', 'hex'));
      return (await run('openssl', ['pkeyutl', '-decrypt', '-inkey', at('user.pem'), '-in', at('wrapped')])).stdout;
    };
    const [key, iv] = [await decrypt(manifest.userKey?.key), await decrypt(manifest.userKey?.iv)];
    await run('openssl', [
      'enc',
      '-d',
      '-aes-128-cbc',
      '-K',
      key,
      '-iv',
      iv,
      '-in',
      at('all.enc'),
      '-out',
      at('all.tar.gz'),
    ]);
    await run('gzip', ['-d', at('all.tar.gz')]);
    expect(
      createHash('sha1')
        .update(await readFile(at('all.tar')))
        .digest('hex'),
    ).toBe(manifest.digest);
    expect((await run('tar', ['-tf', at('all.tar')])).stdout).toBe('tiny\n');
    const { stdout } = await run('tar', ['-xOf', at('all.tar')], { encoding: 'buffer', maxBuffer: 1e8 });
    expect(stdout.equals(image)).toBe(true);

    const document = bundled.manifest.toString();
    const signed = ['machine_configuration', 'image'].map(
      (name) => new RegExp(`<${name}>.*</${name}>`).exec(document)?.[0],
    );
    await writeFile(at('signed'), signed.join(''));
    await writeFile(at('signature'), manifest.signatures[0] ?? '');
    await writeFile(at('user.crt'), user.certificatePem);
    await run('openssl', ['x509', '-in', at('user.crt'), '-pubkey', '-noout', '-out', at('user.pub')]);
    const verified = await run('openssl', [
      'dgst',
      '-sha1',
      '-verify',
      at('user.pub'),
      '-signature',
      at('signature'),
      at('signed'),
    ]);
    expect(verified.stdout).toBe('Verified OK\n');
  }, 60_000);

  test.each([['gnu'], ['ustar'], ['posix']])(
    'we unpack what openssl, gzip and tar (%s) made',
    async (format) => {
      const image = randomBytes(300_001);
      await writeFile(at('foreign.img'), image);
      await expect(unpackForeign(['--format', format])).resolves.toEqual(image);
    },
    60_000,
  );

  test('we unpack a sparse file of GNU tar, which stays small', async () => {
    const file = await openFile(at('foreign.img'), 'w');
    for (let index = 0; index < 60; index++) await file.write(`data ${index}`, index * 100_000);
    await file.close();
    await truncate(at('foreign.img'), 8_000_000);
    const image = await unpackForeign(['-S']);
    expect((await stat(at('foreign.tar'))).size).toBeLessThan(1_000_000);
    expect(image.equals(await readFile(at('foreign.img')))).toBe(true);
  }, 60_000);

  async function unpackForeign(options: string[]): Promise<Buffer> {
    await run('tar', ['-c', '-h', ...options, '-f', at('foreign.tar'), '-C', scratch.path, 'foreign.img']);
    const tar = await readFile(at('foreign.tar'));
    await run('gzip', ['-kf', at('foreign.tar')]);
    const key = newImageKey();
    const hex = [key.key.toString('hex'), key.iv.toString('hex')];
    await run('openssl', [
      'enc',
      '-e',
      '-aes-128-cbc',
      '-K',
      hex[0] ?? '',
      '-iv',
      hex[1] ?? '',
      '-in',
      at('foreign.tar.gz'),
      '-out',
      at('f.part.00'),
    ]);
    const part = await readFile(at('f.part.00'));
    const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');
    const bytes = writeManifest({
      kind: 'machine',
      name: 'foreign',
      architecture: 'x86_64',
      accountId: '000000000001',
      digest: sha1(tar),
      size: (await stat(at('foreign.img'))).size,
      bundledSize: part.length,
      cloudKey: wrapKey(key, cloud.certificatePem),
      userKey: wrapKey(key, user.certificatePem),
      parts: [{ filename: 'f.part.00', digest: sha1(part) }],
      sign: (data) => createSign('sha1').update(data).sign(user.privateKeyPem),
    });
    const { manifest } = verifyManifestSignature(bytes, [user.certificatePem]);
    const stream = unbundle({
      manifest,
      key: recoverKey(manifest, cloud.privateKeyPem),
      openPart: partsOf(new Map([['f.part.00', part]])),
      maxImageBytes: 1e9,
    });
    return readAll(stream);
  }

  test('memory stays bounded for a large image', async () => {
    const source = at('large.img');
    await writeFile(source, '');
    await truncate(source, 300 * 1024 * 1024);
    const parts = new Map<string, Buffer>();
    const bundled = await bundleImage({
      source,
      kind: 'kernel',
      name: 'large',
      accountId: '000000000001',
      userCertificatePem: user.certificatePem,
      userPrivateKeyPem: user.privateKeyPem,
      cloudCertificatePem: cloud.certificatePem,
      output: async (name, content) => void parts.set(name, content),
    });
    const { manifest } = verifyManifestSignature(bundled.manifest, [user.certificatePem]);
    expect(manifest.kind).toBe('kernel');
    const before = process.memoryUsage().rss;
    const stream = unbundle({
      manifest,
      key: recoverKey(manifest, cloud.privateKeyPem),
      openPart: partsOf(parts),
      maxImageBytes: 1e9,
    });
    await pipeline(stream, createWriteStream(at('large.out')));
    expect((await stat(at('large.out'))).size).toBe(300 * 1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  }, 120_000);
});
