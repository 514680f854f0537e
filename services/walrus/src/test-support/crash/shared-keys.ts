import type { CrashClient } from './client.js';
import { md5, oneOf, randomContent } from './expectation.js';

const KEYS = ['shared-0', 'shared-1'];

/** Keys that all clients write at once: each holds one whole content that somebody wrote. Made once, used by all clients. */
export class SharedKeys {
  readonly #bucket: string;
  readonly #written = new Map<string, Set<string>>(KEYS.map((key) => [key, new Set<string>()]));
  readonly #present = new Set<string>();

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  async step(client: CrashClient): Promise<void> {
    const key = oneOf(KEYS)!;
    const { bytes: body, digest } = randomContent(50_000);
    this.#written.get(key)!.add(digest);
    const reply = await client.ask('put shared', { method: 'PUT', target: `/${this.#bucket}/${key}`, body });
    if (reply !== undefined) this.#present.add(key);
  }

  async verify(client: CrashClient): Promise<void> {
    for (const [key, written] of this.#written) {
      const reply = await client.ask('get shared', { target: `/${this.#bucket}/${key}` }, [404]);
      if (reply === undefined) continue;
      client.tally.checked++;
      if (reply.status === 404) {
        if (this.#present.has(key)) client.tally.wrong.push(`${key} is lost`);
        continue;
      }
      const digest = md5(reply.body);
      if (!written.has(digest)) client.tally.wrong.push(`${key} holds what nobody wrote in the last round`);
      this.#present.add(key);
      this.#written.set(key, new Set([digest]));
    }
  }
}
