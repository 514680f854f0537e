import { constants, createPrivateKey, privateDecrypt, type KeyObject } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import type { SoapClient } from '@mallee/soap-rpc';
import type { MalleeCloudOperations, MalleeCloudTypes } from '@mallee/wsdl-types';
import type { AccessKeyHolder, Account, AccountDirectory, CertificateHolder } from './account-directory.js';
import { RefreshingCache } from './refreshing-cache.js';

/** The calls this needs of the CLC. */
export type CloudCalls = Pick<SoapClient<MalleeCloudOperations>, 'call'>;

type ResolvedAccount = Account & { readonly certificates: readonly string[] };

const SECOND = 1000;
const TIMES = {
  freshMs: 5 * SECOND,
  backgroundMs: 10 * SECOND,
  staleMs: 24 * 3600 * SECOND,
  negativeMs: 2 * SECOND,
  awayMs: 10 * SECOND,
};
const CALL_TIMEOUT_MS = 5 * SECOND;

/**
 * Accounts as the CLC knows them. Answers are fresh for 5 seconds, renewed behind the request up to 10, then before it, so
 * that a revoked key is refused after 10 seconds at most; while the CLC is away the last answer stands in for a day. `privateKeyPem` is Walrus' own key of the moment: secrets arrive encrypted for it.
 */
export class CloudAccountDirectory implements AccountDirectory {
  readonly #cloud: CloudCalls;
  readonly #privateKeyPem: () => string;
  readonly #keys: RefreshingCache<AccessKeyHolder>;
  readonly #accounts: RefreshingCache<ResolvedAccount>;
  readonly #signers: RefreshingCache<CertificateHolder>;

  constructor(options: { cloud: CloudCalls; privateKeyPem: string | (() => string); now?: () => number }) {
    const { privateKeyPem } = options;
    this.#cloud = options.cloud;
    this.#privateKeyPem = typeof privateKeyPem === 'function' ? privateKeyPem : () => privateKeyPem;
    const common = { ...TIMES, maxEntries: 10_000, ...(options.now === undefined ? {} : { now: options.now }) };
    this.#keys = new RefreshingCache({ ...common, load: (id) => this.#resolveKey(id) });
    this.#accounts = new RefreshingCache({ ...common, load: (key) => this.#resolveAccount(key) });
    this.#signers = new RefreshingCache({ ...common, load: (key) => this.#resolveCertificate(key) });
  }

  async byAccessKey(accessKeyId: string): Promise<AccessKeyHolder | undefined> {
    return await this.#keys.get(accessKeyId);
  }

  async byCanonicalId(canonicalId: string): Promise<Account | undefined> {
    return await this.#accounts.get(`canonicalId ${canonicalId}`);
  }

  async byAccountId(accountId: string): Promise<Account | undefined> {
    return await this.#accounts.get(`accountId ${accountId}`);
  }

  async byEmail(email: string): Promise<Account | undefined> {
    return await this.#accounts.get(`email ${email.toLowerCase()}`);
  }

  async byCertificate(fingerprint: string): Promise<CertificateHolder | undefined> {
    return await this.#signers.get(fingerprint);
  }

  async certificatesOf(accountId: string): Promise<readonly string[]> {
    return (await this.#accounts.get(`accountId ${accountId}`))?.certificates ?? [];
  }

  async #resolveKey(accessKeyId: string): Promise<AccessKeyHolder | undefined> {
    // Of before the call: its answer is encrypted for the key that signed the question.
    const key = createPrivateKey(this.#privateKeyPem());
    const answer = await this.#cloud.call('ResolveAccessKey', { accessKeyId }, { timeoutMs: CALL_TIMEOUT_MS });
    if (!answer.found || answer.enabled === false) return undefined;
    const { accountId, canonicalId, userId, encryptedSecret } = answer;
    if (!accountId || !canonicalId || !userId || !encryptedSecret) throw badReply('ResolveAccessKey');
    return {
      accessKeyId,
      accountId,
      canonicalId,
      userId,
      ...(answer.userName ? { userName: answer.userName } : {}),
      secretKey: decrypt(key, encryptedSecret),
      displayName: answer.displayName ?? answer.accountName ?? accountId,
      isAdmin: answer.admin ?? false,
    };
  }

  async #resolveCertificate(fingerprint: string): Promise<CertificateHolder | undefined> {
    const answer = await this.#cloud.call('ResolveCertificate', { fingerprint }, { timeoutMs: CALL_TIMEOUT_MS });
    if (!answer.found) return undefined;
    const { accountId, canonicalId, signerId: userId, certificate: certificatePem } = answer;
    if (!accountId || !canonicalId || !userId || !certificatePem) throw badReply('ResolveCertificate');
    const displayName = answer.displayName ?? accountId;
    return { accountId, canonicalId, displayName, userId, certificatePem, isAdmin: answer.admin ?? false };
  }

  async #resolveAccount(key: string): Promise<ResolvedAccount | undefined> {
    const space = key.indexOf(' ');
    const request: MalleeCloudTypes.ResolveAccountType = { [key.slice(0, space)]: key.slice(space + 1) };
    const answer = await this.#cloud.call('ResolveAccount', request, { timeoutMs: CALL_TIMEOUT_MS });
    if (!answer.found) return undefined;
    const { accountId, canonicalId, certificates } = answer;
    if (!accountId || !canonicalId) throw badReply('ResolveAccount');
    return { accountId, canonicalId, displayName: answer.displayName ?? accountId, certificates };
  }
}

function badReply(operation: string): MalleeError {
  return new MalleeError('Wire.BadReply', `The answer to ${operation} lacks a part.`);
}

function decrypt(key: KeyObject, encrypted: string): string {
  try {
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    return privateDecrypt({ key, ...padding }, Buffer.from(encrypted, 'base64')).toString('utf8');
  } catch (cause) {
    throw new MalleeError('Wire.BadReply', 'The secret key in the answer is not encrypted for this Walrus.', {
      cause,
    });
  }
}
