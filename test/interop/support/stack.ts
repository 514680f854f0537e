export type Suite = 'rsa-sha256' | 'rsa-sha1';

/** An endpoint of ours and the PEM files of the one who calls it. */
export interface Target {
  readonly url: string;
  readonly wsdlUrl: string;
  readonly key: string;
  readonly certificate: string;
  /** Must sign the replies. */
  readonly peer: string;
  readonly suite: Suite;
  /**
   * `profile`: all that body-timestamp asks for. `stack`: what the stack signs when it is used as its manual says. `headers-only`: only
   * the addressing headers, and no Timestamp, as originals up to 2.0.2.
   */
  readonly signing: 'profile' | 'stack' | 'headers-only';
}

export interface Call {
  readonly operation: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a call came to on the side of the stack: a reply that it has verified, or what it says is wrong. */
export interface Outcome {
  readonly operation: string;
  readonly reply?: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

/** A foreign SOAP stack as a client of our daemons. */
export interface Stack {
  call(target: Target, calls: readonly Call[]): Promise<Outcome[]>;
}
