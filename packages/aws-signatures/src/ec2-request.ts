import type { SignedRequest } from './request.js';

/** A Query API request (EC2, STS, IAM). */
export interface Ec2Request extends SignedRequest {
  /** Decoded parameters of query and form body, in the order received. */
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: Buffer;
}
