import { createHash, sign } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { createPkcs12 } from './certificate.js';
import { checkKeyPair, readCertificatePem, toPkcs1, type CertifiedKey } from './key-pair.js';
import { readPkcs12 } from './pkcs12.js';

/** Whose directory it is: of an original node, cluster or cloud controller. */
export type KeyDirectoryRole = 'nc' | 'cc' | 'cloud';

/** What an original keeps in `$EUCALYPTUS/var/lib/eucalyptus/keys`. PEM. */
export interface KeyDirectory {
  readonly cloudCertificatePem?: string;
  /** On the cloud controller. */
  readonly cloud?: CertifiedKey;
  readonly clusterCertificatePem?: string;
  /** On a cluster controller. */
  readonly cluster?: CertifiedKey;
  /** Of all nodes of a cluster: the original gives them one. */
  readonly node?: CertifiedKey;
}

/** Password of the original's PKCS#12 file, and the alias of the key that signs to cluster controllers. */
export const EUCA_P12_PASSWORD = 'eucalyptus';
export const EUCA_P12_ALIAS = 'eucalyptus';

/** Files an original of a role reads (euca_conf distributes them so). */
export const keyDirectoryFiles: Readonly<Record<KeyDirectoryRole, readonly string[]>> = {
  nc: ['cloud-cert.pem', 'cluster-cert.pem', 'node-cert.pem', 'node-pk.pem'],
  cc: ['cloud-cert.pem', 'cluster-cert.pem', 'cluster-pk.pem', 'node-cert.pem', 'node-pk.pem', 'vtunpass'],
  cloud: ['cloud-cert.pem', 'cloud-pk.pem', 'euca.p12'],
};

/**
 * Writes the directory (0700; keys 0600). Everything is checked before the first file is written, and a file that says something else
 * stays, unless `force`.
 * @throws Keys.Invalid, Keys.WouldOverwrite
 */
export function writeKeyDirectory(
  directory: string,
  role: KeyDirectoryRole,
  content: KeyDirectory,
  { force = false }: { force?: boolean } = {},
): string[] {
  const files = render(role, content).filter(({ name, data }) => {
    // A PKCS#12 file has salts: it is another one each time, and the one that is there is as good if it holds the same key.
    const present = readIfThere(join(directory, name));
    const same = present !== undefined && (name === 'euca.p12' ? holds(present, content.cloud) : present.equals(data));
    if (present !== undefined && !same && !force) {
      throw new MalleeError('Keys.WouldOverwrite', `${join(directory, name)} is there and holds something else`);
    }
    return !same;
  });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  for (const { name, data, mode } of files) writeWhole(join(directory, name), data, mode);
  return files.map(({ name }) => join(directory, name));
}

/** Reads what an original of the role has, and checks it. @throws Keys.Invalid, which names the file */
export function readKeyDirectory(directory: string, role: KeyDirectoryRole): KeyDirectory {
  const text = (name: string): string => {
    const found = readIfThere(join(directory, name));
    if (found === undefined) throw new MalleeError('Keys.Invalid', `${join(directory, name)} is missing`);
    return found.toString();
  };
  const certificate = (name: string): string => {
    const pem = text(name);
    readCertificatePem(pem, join(directory, name));
    return pem;
  };
  const pair = (who: string): CertifiedKey => {
    const read = { privateKeyPem: text(`${who}-pk.pem`), certificatePem: text(`${who}-cert.pem`) };
    checkKeyPair(read, join(directory, `${who}-pk.pem`));
    return read;
  };
  const cloudCertificatePem = certificate('cloud-cert.pem');
  if (role === 'nc') {
    return { cloudCertificatePem, clusterCertificatePem: certificate('cluster-cert.pem'), node: pair('node') };
  }
  if (role === 'cc') {
    const cluster = pair('cluster');
    return { cloudCertificatePem, clusterCertificatePem: cluster.certificatePem, cluster, node: pair('node') };
  }
  return {
    cloudCertificatePem,
    cloud: existsSync(join(directory, 'cloud-pk.pem')) ? pair('cloud') : fromP12(directory),
  };
}

function fromP12(directory: string): CertifiedKey {
  const file = join(directory, 'euca.p12');
  const content = readIfThere(file);
  if (content === undefined)
    throw new MalleeError('Keys.Invalid', `${directory} has neither cloud-pk.pem nor euca.p12`);
  const pair = readPkcs12(content, EUCA_P12_PASSWORD, EUCA_P12_ALIAS);
  checkKeyPair(pair, file);
  return pair;
}

interface File {
  readonly name: string;
  readonly data: Buffer;
  readonly mode: number;
}

function render(role: KeyDirectoryRole, content: KeyDirectory): File[] {
  return keyDirectoryFiles[role].map((name) => {
    const isPublic = name.endsWith('-cert.pem');
    return { name, data: contentOf(name, content), mode: isPublic ? 0o644 : 0o600 };
  });
}

function contentOf(name: string, content: KeyDirectory): Buffer {
  const { cloud, cluster, node } = content;
  const missing = (what: string): never => {
    throw new MalleeError('Keys.Invalid', `there is no ${what} to write ${name} from`);
  };
  const checked = (pair: CertifiedKey | undefined): CertifiedKey => {
    const present = pair ?? missing('key');
    checkKeyPair(present, name);
    return present;
  };
  const certificate = (pem: string | undefined): Buffer => {
    const present = pem ?? missing('certificate');
    readCertificatePem(present, name);
    return Buffer.from(present);
  };
  const contents: Readonly<Record<string, () => Buffer>> = {
    'cloud-cert.pem': () => certificate(content.cloudCertificatePem ?? cloud?.certificatePem),
    'cluster-cert.pem': () => certificate(cluster?.certificatePem ?? content.clusterCertificatePem),
    'node-cert.pem': () => certificate(node?.certificatePem),
    'cloud-pk.pem': () => Buffer.from(toPkcs1(checked(cloud).privateKeyPem)),
    'cluster-pk.pem': () => Buffer.from(toPkcs1(checked(cluster).privateKeyPem)),
    'node-pk.pem': () => Buffer.from(toPkcs1(checked(node).privateKeyPem)),
    vtunpass: () => Buffer.from(vtunPassword(checked(cluster))),
    'euca.p12': () => createPkcs12({ ...checked(cloud), password: EUCA_P12_PASSWORD, friendlyName: EUCA_P12_ALIAS }),
  };
  return contents[name]!();
}

/** What the original makes it of: a signature of the word, in hexadecimal. The clusters of a cloud share it as a password. */
function vtunPassword({ privateKeyPem }: CertifiedKey): string {
  return sign('sha256', Buffer.from('vtunpass'), privateKeyPem).toString('hex');
}

function holds(file: Buffer, pair: CertifiedKey | undefined): boolean {
  try {
    const held = readPkcs12(file, EUCA_P12_PASSWORD, EUCA_P12_ALIAS);
    const digest = (pem: string): string => createHash('sha256').update(toPkcs1(pem)).digest('hex');
    return pair !== undefined && digest(held.privateKeyPem) === digest(pair.privateKeyPem);
  } catch {
    return false;
  }
}

function readIfThere(file: string): Buffer | undefined {
  return existsSync(file) ? readFileSync(file) : undefined;
}

function writeWhole(file: string, data: Buffer, mode: number): void {
  const draft = `${file}.${String(process.pid)}.new`;
  writeFileSync(draft, data, { mode });
  chmodSync(draft, mode);
  renameSync(draft, file);
}
