import { constants, publicEncrypt, X509Certificate } from 'node:crypto';
import type { Queryable } from '@mallee/database';
import type { AllHandlers } from '@mallee/soap-rpc';
import type { MalleeCloudOperations } from '@mallee/wsdl-types';
import type { RegisteredCertificates } from '../components/trust.js';
import { findAccessKey } from '../identity/access-keys.js';
import { findSigner, signingCertificates } from '../identity/principals.js';
import { nodeHandlers, requireWalrus } from './nodes.js';

interface AccountRow {
  account_id: string;
  canonical_id: string;
  name: string;
  email: string | null;
}

/** MalleeCloud: Walrus asks who somebody is, and only a Walrus gets an answer; clusters report their nodes. */
export function cloudHandlers(
  database: Queryable,
  certificates: RegisteredCertificates,
): AllHandlers<MalleeCloudOperations> {
  return {
    ...nodeHandlers(database, certificates),

    async ResolveAccessKey({ accessKeyId }, { peerCertificate }) {
      requireWalrus(certificates, peerCertificate, 'ResolveAccessKey');
      const holder = await findAccessKey(database, accessKeyId);
      if (!holder) return { return: true, found: false, certificates: [] };
      const { caller, canonicalId, secretKey } = holder;
      const [account] = await accounts(database, { accountId: caller.accountId });
      return {
        return: true,
        found: true,
        encryptedSecret: encryptFor(peerCertificate, secretKey),
        accountId: caller.accountId,
        accountName: caller.accountName,
        userId: caller.userId,
        userName: caller.userName,
        canonicalId,
        displayName: caller.accountName,
        email: account?.email ?? undefined,
        admin: caller.isAdmin,
        enabled: true,
        certificates: await signingCertificates(database, { userId: caller.userId }),
      };
    },

    async ResolveCertificate({ fingerprint }, { peerCertificate }) {
      requireWalrus(certificates, peerCertificate, 'ResolveCertificate');
      const signer = await findSigner(database, fingerprint);
      if (!signer) return { return: true, found: false };
      return {
        return: true,
        found: true,
        certificate: signer.certificatePem,
        accountId: signer.accountId,
        canonicalId: signer.canonicalId,
        displayName: signer.accountName,
        signerId: signer.userId,
        admin: signer.isAdmin,
      };
    },

    async ResolveAccount(request, { peerCertificate }) {
      requireWalrus(certificates, peerCertificate, 'ResolveAccount');
      const found = await accounts(database, request);
      const account = found.length === 1 ? found[0] : undefined;
      if (!account) return { return: true, found: false, certificates: [] };
      return {
        return: true,
        found: true,
        accountId: account.account_id,
        canonicalId: account.canonical_id,
        displayName: account.name,
        certificates: await signingCertificates(database, { accountId: account.account_id }),
      };
    },
  };
}

/** Base64 of RSA-OAEP with SHA-256 (also in MGF1): only the owner of the certificate's key can read it. */
export function encryptFor(certificatePem: string, secret: string): string {
  const key = new X509Certificate(certificatePem).publicKey;
  const options = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  return publicEncrypt(options, Buffer.from(secret, 'utf8')).toString('base64');
}

interface AccountQuestion {
  readonly accountId?: string | undefined;
  readonly canonicalId?: string | undefined;
  readonly email?: string | undefined;
}

/** All names that are given must fit; none given finds nothing. */
async function accounts(
  database: Queryable,
  { accountId, canonicalId, email }: AccountQuestion,
): Promise<AccountRow[]> {
  const { rows } = await database.query<AccountRow>(
    `select account_id, canonical_id, name, email from account
      where coalesce($1, $2, $3) is not null and ($1::text is null or account_id = $1)
        and ($2::text is null or canonical_id = $2) and ($3::text is null or lower(email) = lower($3)) limit 2`,
    [accountId ?? null, canonicalId ?? null, email ?? null],
  );
  return rows;
}
