import {
  constants,
  createCipheriv,
  createHash,
  createSign,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** What of a bundle a test wants otherwise than honest; whatever is left out is right. */
export interface BundleLies {
  readonly gzip?: Buffer;
  readonly archive?: Buffer;
  /** Bytes the manifest says the image has. */
  readonly size?: number;
  /** SHA-1 of the archive that the manifest says. */
  readonly digest?: string;
  /** SHA-1 of the second part that the manifest says. */
  readonly partDigest?: string;
  readonly bundledSize?: number;
  /** Name of the first part as the manifest writes it. */
  readonly partName?: string;
  /** Certificate that the image key is wrapped for. */
  readonly cloudCertificate?: string;
  /** PEM of the key that signs; null leaves the manifest unsigned. */
  readonly signingKey?: string | null;
  /** Changes the whole document after it was signed. */
  readonly rewrite?: (document: string) => string;
}

export interface Bundler {
  readonly accountId: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly cloudCertificate: string;
  readonly kernelId: string;
  readonly ramdiskId: string;
}

export interface HostileBundle {
  readonly manifestName: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

const PART_BYTES = 1000;
/** Does not compress, so that the bundle has several parts. */
const IMAGE = randomBytes(4096);

const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');

/** A bundle made by hand from the description of the format, by none of the code that reads it, and lying where told to. */
export function hostileBundle(bundler: Bundler, name: string, lies: BundleLies = {}): HostileBundle {
  const archive = lies.archive ?? tarMember(name, IMAGE);
  const [key, iv] = [randomBytes(16), randomBytes(16)];
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  const encrypted = Buffer.concat([cipher.update(lies.gzip ?? gzipSync(archive)), cipher.final()]);
  const parts = [];
  for (let at = 0; at < encrypted.length; at += PART_BYTES) {
    const content = encrypted.subarray(at, at + PART_BYTES);
    parts.push({ name: `${name}.part.${parts.length}`, content, digest: sha1(content) });
  }
  const wrapped = (certificate: string) => [key, iv].map((secret) => wrap(secret, certificate)) as [string, string];
  const [cloudKey, cloudIv] = wrapped(lies.cloudCertificate ?? bundler.cloudCertificate);
  const [userKey, userIv] = wrapped(bundler.certificate);
  const machine =
    `<machine_configuration><architecture>x86_64</architecture><kernel_id>${bundler.kernelId}</kernel_id>` +
    `<ramdisk_id>${bundler.ramdiskId}</ramdisk_id></machine_configuration>`;
  const listed = parts.map(
    (part, index) =>
      `<part index="${index}"><filename>${index === 0 ? (lies.partName ?? part.name) : part.name}</filename>` +
      `<digest algorithm="SHA1">${index === 1 ? (lies.partDigest ?? part.digest) : part.digest}</digest></part>`,
  );
  const image =
    `<image><name>${name}</name><user>${bundler.accountId}</user><type>machine</type>` +
    `<digest algorithm="SHA1">${lies.digest ?? sha1(archive)}</digest><size>${lies.size ?? IMAGE.length}</size>` +
    `<bundled_size>${lies.bundledSize ?? encrypted.length}</bundled_size>` +
    `<ec2_encrypted_key algorithm="AES-128-CBC">${cloudKey}</ec2_encrypted_key>` +
    `<user_encrypted_key algorithm="AES-128-CBC">${userKey}</user_encrypted_key>` +
    `<ec2_encrypted_iv>${cloudIv}</ec2_encrypted_iv><user_encrypted_iv>${userIv}</user_encrypted_iv>` +
    `<parts count="${parts.length}">${listed.join('')}</parts></image>`;
  const signingKey = lies.signingKey === undefined ? bundler.privateKey : lies.signingKey;
  const signature =
    signingKey === null
      ? ''
      : `<signature>${createSign('sha1')
          .update(machine + image)
          .sign(signingKey, 'hex')}</signature>`;
  const document =
    `<?xml version="1.0" encoding="UTF-8"?><manifest><version>2007-10-10</version><bundler><name>hand</name>` +
    `<version>1</version><release>1</release></bundler>${machine}${image}${signature}</manifest>`;
  const manifestName = `${name}.manifest.xml`;
  const files = new Map(parts.map((part) => [part.name, part.content]));
  files.set(manifestName, Buffer.from(lies.rewrite?.(document) ?? document));
  return { manifestName, files };
}

/** The hexadecimal text of a secret, RSA PKCS#1 v1.5 for the holder of the certificate. */
function wrap(secret: Buffer, certificate: string): string {
  const { publicKey } = new X509Certificate(certificate);
  const padding = constants.RSA_PKCS1_PADDING;
  return publicEncrypt({ key: publicKey, padding }, Buffer.from(secret.toString('hex'))).toString('hex');
}

/** A tar archive of one member with a right checksum, whatever its name, type and link target are, ended by zeros. */
export function tarMember(name: string, content: Buffer, { type = '0', link = '', trailing = 1024 } = {}): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644 0000000 0000000 ', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0        ', 136);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(trailing)]);
}

export { IMAGE as honestImage };
