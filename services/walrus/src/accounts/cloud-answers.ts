import { constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import type { MalleeCloudTypes } from '@mallee/wsdl-types';
import type { AccessKeyHolder, Account, CertificateHolder } from './account-directory.js';

export type ResolvedAccount = Account & { readonly certificates: readonly string[] };

/**
 * Reads what the CLC says of an access key; undefined: unknown or disabled. `privateKeyPem` is the key that the secret is encrypted for.
 * These three throw `Wire.BadReply`.
 */
export function keyHolderOf(
  accessKeyId: string,
  answer: MalleeCloudTypes.ResolveAccessKeyResponseType,
  privateKeyPem: string,
): AccessKeyHolder | undefined {
  if (!answer.found || answer.enabled === false) return undefined;
  const { accountId, canonicalId, userId, encryptedSecret } = answer;
  if (!accountId || !canonicalId || !userId || !encryptedSecret) throw badReply('ResolveAccessKey');
  return {
    accessKeyId,
    accountId,
    canonicalId,
    userId,
    ...(answer.userName ? { userName: answer.userName } : {}),
    secretKey: decrypt(privateKeyPem, encryptedSecret),
    displayName: answer.displayName ?? answer.accountName ?? accountId,
    isAdmin: answer.admin ?? false,
  };
}

export function signerOf(answer: MalleeCloudTypes.ResolveCertificateResponseType): CertificateHolder | undefined {
  if (!answer.found) return undefined;
  const { accountId, canonicalId, signerId: userId, certificate: certificatePem } = answer;
  if (!accountId || !canonicalId || !userId || !certificatePem) throw badReply('ResolveCertificate');
  const displayName = answer.displayName ?? accountId;
  return { accountId, canonicalId, displayName, userId, certificatePem, isAdmin: answer.admin ?? false };
}

export function accountOf(answer: MalleeCloudTypes.ResolveAccountResponseType): ResolvedAccount | undefined {
  if (!answer.found) return undefined;
  const { accountId, canonicalId, certificates } = answer;
  if (!accountId || !canonicalId) throw badReply('ResolveAccount');
  return { accountId, canonicalId, displayName: answer.displayName ?? accountId, certificates };
}

function badReply(operation: string): MalleeError {
  return new MalleeError('Wire.BadReply', `The answer to ${operation} lacks a part.`);
}

function decrypt(privateKeyPem: string, encrypted: string): string {
  try {
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    const key = createPrivateKey(privateKeyPem);
    return privateDecrypt({ key, ...padding }, Buffer.from(encrypted, 'base64')).toString('utf8');
  } catch (cause) {
    throw new MalleeError('Wire.BadReply', 'The secret key in the answer is not encrypted for this Walrus.', {
      cause,
    });
  }
}
