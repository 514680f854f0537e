/** Milliseconds since 1970 UTC; injected so that tests and captures bring their own time. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
