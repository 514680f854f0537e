import { X509Certificate } from 'node:crypto';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import { isUniqueViolation, type Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { newAccessKeyId, newAccountId, newCanonicalId, newSecretKey, newUserId } from './ids.js';

export interface AccountIdentity {
  readonly accountId: string;
  readonly canonicalId: string;
  readonly name: string;
}

/** Ids that are not given are random. @throws EntityAlreadyExists */
export async function createAccount(
  database: Queryable,
  given: { name: string; email?: string | undefined; accountId?: string | undefined; canonicalId?: string | undefined },
): Promise<AccountIdentity> {
  const account = {
    accountId: given.accountId ?? newAccountId(),
    canonicalId: given.canonicalId ?? newCanonicalId(),
    name: given.name,
  };
  await unique(`An account named ${given.name}, or with that id,`, () =>
    database.query('insert into account (account_id, name, canonical_id, email) values ($1, $2, $3, $4)', [
      account.accountId,
      account.name,
      account.canonicalId,
      given.email ?? null,
    ]),
  );
  return account;
}

/** @returns the user id. @throws EntityAlreadyExists */
export async function createUser(
  database: Queryable,
  given: { accountId: string; name: string; isAdmin: boolean },
): Promise<string> {
  const userId = newUserId();
  await unique(`A user named ${given.name} of this account`, () =>
    database.query('insert into principal (user_id, account_id, name, is_admin) values ($1, $2, $3, $4)', [
      userId,
      given.accountId,
      given.name,
      given.isAdmin,
    ]),
  );
  return userId;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Keys that are not given are random. @throws EntityAlreadyExists */
export async function createAccessKey(
  database: Queryable,
  userId: string,
  given: { accessKeyId?: string | undefined; secretAccessKey?: string | undefined } = {},
): Promise<AccessKey> {
  const key = {
    accessKeyId: given.accessKeyId ?? newAccessKeyId(),
    secretAccessKey: given.secretAccessKey ?? newSecretKey(),
  };
  await unique('That access key', () =>
    database.query('insert into access_key (access_key_id, user_id, secret_key) values ($1, $2, $3)', [
      key.accessKeyId,
      userId,
      key.secretAccessKey,
    ]),
  );
  return key;
}

export interface SigningCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS#8; known to the caller alone. */
  readonly privateKey: string;
  /** Lower-case hex SHA-256 of the DER. */
  readonly fingerprint: string;
}

/** A new key pair with a self-signed certificate for signing bundles and SOAP messages. */
export async function createSigningCertificate(
  database: Queryable,
  userId: string,
  userName: string,
): Promise<SigningCertificate> {
  const { privateKeyPem } = await generateKeyPair();
  const certificate = createSelfSignedCertificate({ privateKeyPem, commonName: userName });
  const fingerprint = await storeSigningCertificate(database, userId, certificate);
  return { certificate, privateKey: privateKeyPem, fingerprint };
}

/** @returns its fingerprint. @throws InvalidParameterValue, EntityAlreadyExists */
export async function storeSigningCertificate(database: Queryable, userId: string, pem: string): Promise<string> {
  const certificate = readCertificate(pem);
  const fingerprint = certificateFingerprint(certificate);
  await unique('That certificate', () =>
    database.query('insert into user_certificate (fingerprint, user_id, pem) values ($1, $2, $3)', [
      fingerprint,
      userId,
      certificate.toString(),
    ]),
  );
  return fingerprint;
}

/** Exactly one PEM certificate with an RSA key. @throws InvalidParameterValue */
export function readCertificate(pem: string): X509Certificate {
  try {
    if (pem.split('-----BEGIN CERTIFICATE-----').length !== 2) throw new Error('not exactly one PEM certificate');
    const certificate = new X509Certificate(pem);
    if (certificate.publicKey.asymmetricKeyType !== 'rsa') throw new Error('its key is not RSA');
    return certificate;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MalleeError('InvalidParameterValue', `The certificate cannot be used: ${why}`, { cause });
  }
}

export function certificateFingerprint(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

async function unique(what: string, insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new MalleeError('EntityAlreadyExists', `${what} exists already`, { cause: error });
  }
}
