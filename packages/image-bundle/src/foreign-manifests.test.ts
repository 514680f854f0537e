import { createCipheriv, createHash, createSign, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import { newImageKey, recoverKey, recoverKeyOfHolder, wrapKey } from './image-key.js';
import { failureOf, partsOf, readAll, TAR_END, tarWith } from './test-support/bundles.js';
import { unbundle } from './unbundle.js';
import { verifyManifestSignature } from './verify-manifest.js';

/*
 * Documents with the traits that other tools give theirs, written from the facts of their formats. The tools themselves (euca2ools 3.4,
 * EC2 AMI tools 1.5.3) are not in Debian.
 */
const content = randomBytes(50_000);
const tar = Buffer.concat([tarWith('disk', content), TAR_END]);
const key = newImageKey();
const PART = 16_384;
const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');

let user: TestIdentity;
let cloud: TestIdentity;
let whole: Buffer;
beforeAll(async () => {
  [user, cloud] = await Promise.all([makeIdentity('user'), makeIdentity('cloud')]);
  const cipher = createCipheriv('aes-128-cbc', key.key, key.iv);
  whole = Buffer.concat([cipher.update(gzipSync(tar)), cipher.final()]);
});

interface Traits {
  readonly declaration?: string;
  readonly quote?: string;
  readonly machine?: string;
  readonly type?: string;
  readonly digits?: number;
  readonly userKey?: boolean;
  readonly extraParts?: readonly Buffer[];
  /** Between elements, also inside what is signed. */
  readonly space?: string;
}

function documentOf(traits: Traits): { manifest: Buffer; parts: Map<string, Buffer> } {
  const { quote = '"', space = '', digits = 2, machine = '', extraParts = [] } = traits;
  const attribute = (name: string, value: string | number): string => ` ${name}=${quote}${value}${quote}`;
  const parts = new Map<string, Buffer>();
  const pieces = Array.from({ length: Math.ceil(whole.length / PART) }, (_, at) =>
    whole.subarray(at * PART, (at + 1) * PART),
  );
  for (const piece of [...pieces, ...extraParts]) {
    parts.set(`disk.part.${String(parts.size).padStart(digits, '0')}`, piece);
  }
  const wrapped = { ec2: wrapKey(key, cloud.certificatePem), user: wrapKey(key, user.certificatePem) };
  const aes = attribute('algorithm', 'AES-128-CBC');
  const userElements =
    traits.userKey === false
      ? [`<user_encrypted_key${aes}/>`, '<user_encrypted_iv/>']
      : [
          `<user_encrypted_key${aes}>${wrapped.user.key}</user_encrypted_key>`,
          `<user_encrypted_iv>${wrapped.user.iv}</user_encrypted_iv>`,
        ];
  const partElements = [...parts].map(
    ([name, bytes], index) =>
      `<part${attribute('index', index)}><filename>${name}</filename>` +
      `<digest${attribute('algorithm', 'SHA1')}>${sha1(bytes)}</digest></part>`,
  );
  const configuration = `<machine_configuration>${space}<architecture>x86_64</architecture>${space}${machine}</machine_configuration>`;
  const image = [
    '<image>',
    '<name>disk</name>',
    '<user>000000000001</user>',
    `<type>${traits.type ?? 'machine'}</type>`,
    `<digest${attribute('algorithm', 'SHA1')}>${sha1(tar)}</digest>`,
    `<size>${content.length}</size>`,
    `<bundled_size>${whole.length}</bundled_size>`,
    `<ec2_encrypted_key${aes}>${wrapped.ec2.key}</ec2_encrypted_key>`,
    userElements[0],
    `<ec2_encrypted_iv>${wrapped.ec2.iv}</ec2_encrypted_iv>`,
    userElements[1],
    `<parts${attribute('count', parts.size)}>${partElements.join(space)}</parts>`,
    '</image>',
  ].join(space);
  const signature = createSign('sha1')
    .update(configuration + image)
    .sign(user.privateKeyPem)
    .toString('hex');
  const head = `<version>2007-10-10</version>${space}<bundler><name>other</name><version>1</version><release>0</release></bundler>`;
  const root = [head, configuration, image, `<signature>${signature}</signature>`].join(space);
  return { manifest: Buffer.from(`${traits.declaration ?? ''}<manifest>${space}${root}${space}</manifest>`), parts };
}

async function unpack({ manifest: bytes, parts }: ReturnType<typeof documentOf>): Promise<Buffer> {
  const { manifest } = verifyManifestSignature(bytes, [user.certificatePem]);
  return readAll(
    unbundle({
      manifest,
      key: recoverKey(manifest, cloud.privateKeyPem),
      openPart: partsOf(parts),
      maxImageBytes: 1e6,
    }),
  );
}

const mapping = (name: string, device: string): string =>
  `<mapping><virtual>${name}</virtual><device>${device}</device></mapping>`;

describe('a bundle as written by', () => {
  const tools: readonly (readonly [string, Traits])[] = [
    ['euca2ools 1.3', { declaration: '<?xml version="1.0" ?>' }],
    ['euca2ools 3, which declares ASCII', { declaration: "<?xml version='1.0' encoding='ASCII'?>\n" }],
    [
      'the AMI tools: single quotes, part names without a leading zero',
      { declaration: "<?xml version='1.0'?>", quote: "'", digits: 1 },
    ],
    ['a tool that indents', { declaration: '<?xml version="1.0" encoding="UTF-8"?>\n', space: '\n  ' }],
    ['a tool on Windows', { space: '\r\n\t' }],
    ['a tool without the key of the user', { userKey: false }],
    [
      'euca2ools 1.3 at an exact multiple of the part size: an empty part at the end',
      { extraParts: [Buffer.alloc(0)] },
    ],
    [
      'a tool with devices and product codes',
      {
        machine: `<block_device_mapping>${mapping('ami', 'sda')}${mapping('root', '/dev/sda')}</block_device_mapping><product_codes><product_code>ABC</product_code></product_codes><kernel_id>aki-1</kernel_id>`,
      },
    ],
  ];
  test.each(tools)('%s is verified and unpacked', async (_name, traits) => {
    expect((await unpack(documentOf(traits))).equals(content)).toBe(true);
  });

  test('euca2ools 3 for kernels, which says so twice', () => {
    const { manifest } = documentOf({ type: 'kernel', machine: '<kernel_id>true</kernel_id>' });
    expect(verifyManifestSignature(manifest, [user.certificatePem]).manifest).toMatchObject({
      kind: 'kernel',
      kernelId: undefined,
    });
  });

  test('a tool that says ASCII and writes something else is refused', async () => {
    const { manifest, parts } = documentOf({ declaration: "<?xml version='1.0' encoding='ASCII'?>" });
    const lying = Buffer.from(manifest.toString('latin1').replace('<name>other', '<name>\xe9'), 'latin1');
    expect(await failureOf(unpack({ manifest: lying, parts }))).toBe('Image.ManifestInvalid');
  });
});

test('the key is recovered by whoever the bundle was made for, and nobody else', async () => {
  const read = (traits: Traits) => verifyManifestSignature(documentOf(traits).manifest, [user.certificatePem]).manifest;
  for (const holder of [user, cloud]) expect(recoverKeyOfHolder(read({}), holder.privateKeyPem)).toEqual(key);
  expect(recoverKeyOfHolder(read({ userKey: false }), cloud.privateKeyPem)).toEqual(key);
  const stranger = await makeIdentity('stranger');
  const code = async (work: () => unknown): Promise<string> => failureOf(Promise.resolve().then(work));
  expect(await code(() => recoverKeyOfHolder(read({}), stranger.privateKeyPem))).toBe('Image.DecryptionFailed');
  expect(await code(() => recoverKeyOfHolder(read({ userKey: false }), user.privateKeyPem))).toBe(
    'Image.DecryptionFailed',
  );
});
