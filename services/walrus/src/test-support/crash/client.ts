import { send, sendSigned, type RawRequest, type Reply } from '../fixture.js';

/** What all clients of a run have done. */
export class Tally {
  acknowledged = 0;
  unanswered = 0;
  checked = 0;
  readonly done = new Map<string, number>();
  /** What must not be: each one fails the run. */
  readonly wrong: string[] = [];

  count(operation: string): void {
    this.acknowledged++;
    this.done.set(operation, (this.done.get(operation) ?? 0) + 1);
  }
}

/** Signed requests to a Walrus that dies at any moment. */
export class CrashClient {
  readonly port: number;
  readonly tally: Tally;

  constructor(port: number, tally: Tally) {
    this.port = port;
    this.tally = tally;
  }

  /** Undefined when no answer came. Any other answer than a success is wrong, unless its status is in `also`. */
  async ask(operation: string, request: RawRequest, also: readonly number[] = []): Promise<Reply | undefined> {
    const reply = await sendSigned(this.port, request).catch(() => undefined);
    if (reply === undefined) {
      this.tally.unanswered++;
      // The daemon is being started again.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return undefined;
    }
    if (reply.status < 300 || also.includes(reply.status)) {
      this.tally.count(operation);
      return reply;
    }
    this.tally.wrong.push(`${operation} ${request.target}: ${reply.status} ${reply.code ?? ''}`);
    return undefined;
  }
}

export async function isReady(port: number): Promise<boolean> {
  return (await send(port, { target: '/readyz' }).catch(() => undefined))?.status === 200;
}

/** The text of every element of that name. */
export function elements(document: Buffer, name: string): string[] {
  return [...document.toString('utf8').matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map(
    ([, text]) => text!,
  );
}
