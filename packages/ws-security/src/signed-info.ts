import { REFERENCE_END, referenceStart, SIGNED_INFO_CANONICAL, SIGNED_INFO_END, signedInfoStart } from './layout.js';
import type { PartName } from './profile.js';
import type { Suite } from './suites.js';

/** The SignedInfo of messages with the same parts: only the digests differ, so only they are written for each message. */
export class SignedInfo {
  /** Texts before, between and after the digests, without the name in the start tag. */
  readonly #texts: readonly string[];
  readonly #bytes: Buffer;
  /** Where the digests stand in the bytes. */
  readonly #places: readonly number[];
  readonly #digests: string[];

  constructor(suite: Suite, parts: readonly PartName[]) {
    const texts = parts.map((name) => referenceStart(suite, name));
    texts[0] = signedInfoStart(suite) + texts[0];
    for (let index = 1; index < texts.length; index += 1) texts[index] = REFERENCE_END + texts[index];
    this.#texts = [...texts, REFERENCE_END + SIGNED_INFO_END];
    this.#digests = parts.map(() => ' '.repeat(suite.digestLength));
    this.#bytes = Buffer.from(SIGNED_INFO_CANONICAL + this.text(this.#digests), 'latin1');
    let place = SIGNED_INFO_CANONICAL.length;
    this.#places = texts.map((text) => {
      const start = place + text.length;
      place = start + suite.digestLength;
      return start;
    });
  }

  /** The text behind the name in the start tag. `digests` in base64, in the order of the parts. */
  text(digests: readonly string[]): string {
    let text = this.#texts[0]!;
    for (const [index, digest] of digests.entries()) text += digest + this.#texts[index + 1]!;
    return text;
  }

  /** The canonical form, valid until the next call. */
  canonical(digests: readonly string[]): Buffer {
    for (let index = 0; index < digests.length; index += 1) {
      const digest = digests[index]!;
      if (digest === this.#digests[index]) continue;
      this.#bytes.write(digest, this.#places[index]!, 'latin1');
      this.#digests[index] = digest;
    }
    return this.#bytes;
  }
}
