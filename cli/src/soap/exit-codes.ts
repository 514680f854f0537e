/** What `mallee soap` tells a script. */
export const exitCodes = {
  ok: 0,
  /** The peer answered with a fault or return=false; or a message was refused by `verify`. */
  failed: 1,
  /** Called wrongly; nothing was sent. */
  usage: 2,
  /** No usable answer: unreachable, too late, or not verifiably the peer's. */
  noAnswer: 3,
} as const;
