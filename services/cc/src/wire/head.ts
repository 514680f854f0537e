/** Who asked. */
export interface Caller {
  readonly correlationId: string;
}

/** The first elements of an answer that went well; the dialects put them where they belong. */
export function success(
  request: { readonly userId?: string | undefined },
  caller: Caller,
): { correlationId: string; return: true; userId?: string } {
  const head = { correlationId: caller.correlationId, return: true } as const;
  return request.userId === undefined ? head : { ...head, userId: request.userId };
}
