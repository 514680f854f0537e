import { X509Certificate } from 'node:crypto';
import type { AccessKeyHolder, Account, AccountDirectory, CertificateHolder } from './account-directory.js';

export type StaticAccount = AccessKeyHolder & { readonly email?: string };

/** A fixed set of accounts, for tests and for running Walrus without a CLC. */
export class StaticAccountDirectory implements AccountDirectory {
  readonly #holders: readonly StaticAccount[];
  readonly #certificates: Readonly<Record<string, readonly string[]>>;

  /** `certificates`: account id to PEM texts. */
  constructor(holders: readonly StaticAccount[], certificates: Readonly<Record<string, readonly string[]>> = {}) {
    this.#holders = holders;
    this.#certificates = certificates;
  }

  byAccessKey(accessKeyId: string): Promise<AccessKeyHolder | undefined> {
    return Promise.resolve(this.#holders.find((holder) => holder.accessKeyId === accessKeyId));
  }

  byCanonicalId(canonicalId: string): Promise<Account | undefined> {
    return Promise.resolve(this.#holders.find((holder) => holder.canonicalId === canonicalId));
  }

  byAccountId(accountId: string): Promise<Account | undefined> {
    return Promise.resolve(this.#holders.find((holder) => holder.accountId === accountId));
  }

  byEmail(email: string): Promise<Account | undefined> {
    return Promise.resolve(this.#holders.find((holder) => holder.email === email));
  }

  byCertificate(fingerprint: string): Promise<CertificateHolder | undefined> {
    for (const [accountId, pems] of Object.entries(this.#certificates)) {
      const holder = this.#holders.find((one) => one.accountId === accountId);
      const certificatePem = pems.find((pem) => fingerprintOf(pem) === fingerprint);
      if (holder !== undefined && certificatePem !== undefined) return Promise.resolve({ ...holder, certificatePem });
    }
    return Promise.resolve(undefined);
  }

  certificatesOf(accountId: string): Promise<readonly string[]> {
    return Promise.resolve(this.#certificates[accountId] ?? []);
  }
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}
