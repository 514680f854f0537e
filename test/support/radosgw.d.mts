/** Debian packages that hold all the programs. */
export declare const PACKAGES: readonly string[];

export interface Radosgw {
  readonly port: number;
  stop(): Promise<void>;
  /** SIGKILL of the gateway; what it stored stays with the OSD. */
  kill(): Promise<void>;
  /** Starts the gateway again at the same port. */
  revive(): Promise<void>;
}

export declare function missingPrograms(): string[];

/** A text says why there is none. */
export declare function startRadosgw(user: {
  readonly accessKeyId: string;
  readonly secretKey: string;
}): Promise<Radosgw | string>;
