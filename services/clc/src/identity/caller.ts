/** The authenticated user behind a request. */
export interface Caller {
  /** 12 digits. */
  readonly accountId: string;
  readonly accountName: string;
  readonly userId: string;
  readonly userName: string;
  /** Administrator of the whole cloud. */
  readonly isAdmin: boolean;
  readonly accessKeyId: string;
}

export function callerArn(caller: Caller): string {
  return `arn:aws:iam::${caller.accountId}:user/${caller.userName}`;
}
