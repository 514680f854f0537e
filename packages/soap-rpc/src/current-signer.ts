import { loadIdentity, MessageSigner, type IdentityPem, type SignerOptions } from '@mallee/ws-security';

/** A key pair, or what tells the one of the moment: a daemon may get a new key while it runs. */
export type IdentitySource = IdentityPem | (() => IdentityPem);

/** The signer of the key pair of the moment; made anew when the pair changes. */
export class CurrentSigner {
  readonly #source: () => IdentityPem;
  readonly #options: Omit<SignerOptions, 'identity'>;
  #identity: IdentityPem;
  #signer: MessageSigner;

  /** @throws Configuration.Invalid when the pair cannot be used */
  constructor(source: IdentitySource, options: Omit<SignerOptions, 'identity'>) {
    this.#source = typeof source === 'function' ? source : () => source;
    this.#options = options;
    this.#identity = this.#source();
    this.#signer = this.#make();
  }

  get(): MessageSigner {
    const identity = this.#source();
    if (identity !== this.#identity && !samePair(identity, this.#identity)) {
      this.#identity = identity;
      this.#signer = this.#make();
    }
    return this.#signer;
  }

  #make(): MessageSigner {
    return new MessageSigner({ ...this.#options, identity: loadIdentity(this.#identity) });
  }
}

function samePair(a: IdentityPem, b: IdentityPem): boolean {
  return a.privateKeyPem === b.privateKeyPem && a.certificatePem === b.certificatePem;
}
