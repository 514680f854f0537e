/** The command was called wrongly: nothing was sent. */
export class UsageError extends Error {}
