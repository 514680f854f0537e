import type { SoapClient } from '@mallee/soap-rpc';
import type { MalleeCloudOperations, MalleeCloudTypes } from '@mallee/wsdl-types';
import type { AccessKeyHolder, Account, AccountDirectory, CertificateHolder } from './account-directory.js';
import { accountOf, keyHolderOf, signerOf, type ResolvedAccount } from './cloud-answers.js';
import { noKnownAnswers, type KnownAnswers } from './known-answers.js';
import { RefreshingCache } from './refreshing-cache.js';

/** The calls this needs of the CLC. */
export type CloudCalls = Pick<SoapClient<MalleeCloudOperations>, 'call'>;

const SECOND = 1000;
const TIMES = {
  freshMs: 5 * SECOND,
  backgroundMs: 10 * SECOND,
  staleMs: 24 * 3600 * SECOND,
  negativeMs: 2 * SECOND,
  awayMs: 10 * SECOND,
};
const CALL = { timeoutMs: 5 * SECOND };
const MAX_ENTRIES = 10_000;
/** What is known already is written again after so long only. */
const KEEP_EVERY_MS = 30 * SECOND;
/** So long after the last question somebody who is not here is asked about too. */
const RENEW_AFTER_MS = 60 * SECOND;
const KINDS = ['key', 'account', 'certificate'] as const;
type Kind = (typeof KINDS)[number];

export interface CloudAccountDirectoryOptions {
  readonly cloud: CloudCalls;
  /** Walrus' own key of the moment: secrets arrive encrypted for it. */
  readonly privateKeyPem: string | (() => string);
  /** Where answers outlive this process; left out, they do not. */
  readonly known?: KnownAnswers;
  readonly now?: () => number;
}

/**
 * Accounts as the CLC knows them. Answers are fresh for 5 seconds, renewed behind the request up to 10, then before it, so
 * that a revoked key is refused after 10 seconds at most; while the CLC is away the last answer stands in for a day, also after a
 * restart of Walrus. Whoever is not known then cannot be told from a stranger: the question fails.
 */
export class CloudAccountDirectory implements AccountDirectory {
  readonly #cloud: CloudCalls;
  readonly #known: KnownAnswers;
  readonly #now: () => number;
  readonly #kept = new Map<string, { text: string; at: number }>();
  readonly #keys: RefreshingCache<AccessKeyHolder>;
  readonly #accounts: RefreshingCache<ResolvedAccount>;
  readonly #signers: RefreshingCache<CertificateHolder>;

  constructor({ cloud, privateKeyPem, known, now }: CloudAccountDirectoryOptions) {
    this.#cloud = cloud;
    this.#known = known ?? noKnownAnswers();
    this.#now = now ?? Date.now;
    const pem = typeof privateKeyPem === 'function' ? privateKeyPem : () => privateKeyPem;
    const askKey = async (accessKeyId: string) => {
      // Of before the call: its answer is encrypted for the key that signed the question.
      const own = pem();
      const answer = await this.#cloud.call('ResolveAccessKey', { accessKeyId }, CALL);
      return { answer, value: keyHolderOf(accessKeyId, answer, own) };
    };
    const askAccount = async (key: string) => {
      const space = key.indexOf(' ');
      const request: MalleeCloudTypes.ResolveAccountType = { [key.slice(0, space)]: key.slice(space + 1) };
      const answer = await this.#cloud.call('ResolveAccount', request, CALL);
      return { answer, value: accountOf(answer) };
    };
    const askSigner = async (fingerprint: string) => {
      const answer = await this.#cloud.call('ResolveCertificate', { fingerprint }, CALL);
      return { answer, value: signerOf(answer) };
    };
    this.#keys = this.#cache('key', askKey, (answer, id) => keyHolderOf(id, answer, pem()));
    this.#accounts = this.#cache('account', askAccount, accountOf);
    this.#signers = this.#cache('certificate', askSigner, signerOf);
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

  /**
   * Asks again about the one that nobody asked about for longest, if that is over a minute ago: a revocation shall be known here
   * before the CLC goes away, though the key was not used. Gives whether there was one. Rejects while the CLC is away.
   */
  async renewOldest(): Promise<boolean> {
    const oldest = await this.#known.oldest(KINDS, this.#now() - RENEW_AFTER_MS);
    if (oldest === undefined) return false;
    const caches = { key: this.#keys, account: this.#accounts, certificate: this.#signers };
    await caches[oldest.kind as Kind].renew(oldest.name);
    return true;
  }

  /** Forgets for good what is too old to stand in. */
  async prune(): Promise<void> {
    await this.#known.prune(this.#now() - TIMES.staleMs);
  }

  #cache<V extends object, A extends object>(
    kind: Kind,
    ask: (name: string) => Promise<{ answer: A; value: V | undefined }>,
    read: (answer: A, name: string) => V | undefined,
  ): RefreshingCache<V> {
    return new RefreshingCache<V>({
      ...TIMES,
      maxEntries: MAX_ENTRIES,
      now: this.#now,
      load: async (name) => {
        const at = this.#now();
        const { answer, value } = await ask(name);
        // Walrus can go on without: whatever the database says, the answer is known now.
        await this.#remember(kind, name, { answer, value, at }).catch(() => undefined);
        return value;
      },
      recall: async (name) => {
        const known = await this.#known.find(kind, name);
        const value = known && read(known.answer as A, name);
        return value && { value, at: known.at };
      },
    });
  }

  async #remember(kind: Kind, name: string, said: { answer: object; value: object | undefined; at: number }) {
    const id = `${kind} ${name}`;
    if (said.value === undefined) {
      this.#kept.delete(id);
      await this.#known.forget(kind, name);
      return;
    }
    // Of the value: a secret is encrypted anew, and so differently, in every answer.
    const text = JSON.stringify(said.value);
    const before = this.#kept.get(id);
    if (before?.text === text && said.at - before.at < KEEP_EVERY_MS) return;
    await this.#known.keep(kind, name, said.answer, said.at);
    if (this.#kept.size >= MAX_ENTRIES) this.#kept.clear();
    this.#kept.set(id, { text, at: said.at });
  }
}
