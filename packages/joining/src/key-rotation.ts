import { existsSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { checkKeyPair, createSelfSignedCertificate, createSigningRequest, generateKeyPair } from '@mallee/certificates';
import { replaceFile } from '@mallee/durable-files';
import { MalleeError } from '@mallee/errors';
import { fingerprint } from './fingerprint.js';
import { ROTATE_PATH } from './messages.js';
import type { KeyFiles } from './own-key.js';
import { connectPinned } from './pinned-post.js';
import type { JoinRole } from './roles.js';
import { rotationChallenge, signRotation } from './rotation.js';

/**
 * The stages of a rotation. prepare: the new pair lies beside the one in use, and its certificate can be made known. switch: the daemon
 * signs with it; the old pair lies beside it. finish: the old pair is gone, and nobody needs to trust it any more.
 */
export const rotationStages = ['prepare', 'switch', 'finish'] as const;
export type RotationStage = (typeof rotationStages)[number];

const next = (file: string): string => `${file}.next`;
const old = (file: string): string => `${file}.old`;
const both = ({ privateKey, certificate }: KeyFiles, name: (file: string) => string): KeyFiles => ({
  privateKey: name(privateKey),
  certificate: name(certificate),
});

/** Which stage comes next, from the files alone: whatever was interrupted goes on there. */
export function nextStage(files: KeyFiles): RotationStage {
  if (existsSync(next(files.certificate))) return 'switch';
  return existsSync(old(files.certificate)) ? 'finish' : 'prepare';
}

/** Makes the new pair; the file of its certificate. One that is there already is kept. @throws Keys.RotationOrder */
export async function prepareKey(files: KeyFiles): Promise<string> {
  if (nextStage(files) === 'finish') throw wrongOrder('finish');
  const { privateKey, certificate } = both(files, next);
  if (!existsSync(certificate)) {
    const { privateKeyPem } = await generateKeyPair();
    const { subject } = new X509Certificate(readFileSync(files.certificate));
    const commonName = /^CN=(.*)$/m.exec(subject)?.[1] ?? 'component';
    await replaceFile(privateKey, privateKeyPem);
    await replaceFile(certificate, createSelfSignedCertificate({ privateKeyPem, commonName }));
  }
  return certificate;
}

/**
 * Puts the new pair in the place of the one in use. A daemon that reads in between sees a pair that does not fit and goes on with the
 * one it has. @throws Keys.RotationOrder
 */
export async function switchKey(files: KeyFiles): Promise<void> {
  if (nextStage(files) !== 'switch') throw wrongOrder(nextStage(files));
  const prepared = both(files, next);
  const privateKeyPem = readFileSync(existsSync(prepared.privateKey) ? prepared.privateKey : files.privateKey, 'utf8');
  checkKeyPair({ privateKeyPem, certificatePem: readFileSync(prepared.certificate, 'utf8') }, prepared.certificate);
  const kept = both(files, old);
  if (existsSync(prepared.privateKey)) {
    await replaceFile(kept.certificate, readFileSync(files.certificate));
    await replaceFile(kept.privateKey, readFileSync(files.privateKey));
    await rename(prepared.privateKey, files.privateKey);
  }
  // The certificate last: while it is not there, this stage is the next.
  await rename(prepared.certificate, files.certificate);
}

/** Deletes the old pair; the text of its certificate. @throws Keys.RotationOrder */
export async function finishKey(files: KeyFiles): Promise<string> {
  if (nextStage(files) !== 'finish') throw wrongOrder(nextStage(files));
  const kept = both(files, old);
  const certificatePem = readFileSync(kept.certificate, 'utf8');
  await rm(kept.privateKey, { force: true });
  await rm(kept.certificate);
  return certificatePem;
}

/** A component that joined, as the endpoint knows it. */
export interface RegisteredComponent {
  readonly role: JoinRole;
  readonly name: string;
  /** https://HOST:PORT of the endpoint where it joined. */
  readonly url: string;
  /** SHA-256 fingerprints that the TLS certificate there may have. */
  readonly pins: readonly string[];
}

/**
 * Tells the endpoint of a prepared pair (`add`, signed with the key in use) or that the one in use is the only one (`retire`). It may be
 * sent again. @throws Joining.*
 */
export async function announceKey(
  component: RegisteredComponent,
  files: KeyFiles,
  step: 'add' | 'retire',
): Promise<void> {
  const read = (pair: KeyFiles) => ({
    privateKeyPem: readFileSync(pair.privateKey, 'utf8'),
    certificatePem: readFileSync(pair.certificate, 'utf8'),
  });
  const signer = read(files);
  const { privateKeyPem, certificatePem: certificate } = step === 'add' ? read(both(files, next)) : signer;
  const { role, name } = component;
  const head = { role, name, time: new Date().toISOString(), step };
  const signingRequest = createSigningRequest({ privateKeyPem, commonName: name, challenge: rotationChallenge(head) });
  const signature = signRotation({ ...head, certificate }, signer.privateKeyPem);
  const connection = await connectPinned(component);
  try {
    await connection.post(ROTATE_PATH, { ...head, certificate, signingRequest, signature });
  } finally {
    connection.close();
  }
}

/** Fingerprints of PEM files that hold certificates, for the pins of an endpoint. */
export function fingerprintsOf(certificates: readonly string[]): string[] {
  return certificates.map((pem) => fingerprint(pem));
}

function wrongOrder(stage: RotationStage): MalleeError {
  return new MalleeError('Keys.RotationOrder', `the next stage of this rotation is ${stage}`);
}
