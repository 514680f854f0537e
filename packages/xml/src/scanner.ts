import { isNamePart, isNameStart, isSpace } from './characters.js';
import { limitExceeded, malformed } from './errors.js';

/** A cursor over the text of a document. */
export class Scanner {
  readonly text: string;
  readonly maxNameLength: number;
  position: number;
  /** Parts of the name read last by `readName`. */
  prefix = '';
  local = '';

  constructor(text: string, position: number, maxNameLength: number) {
    this.text = text;
    this.position = position;
    this.maxNameLength = maxNameLength;
  }

  /** The code unit `ahead` of the cursor; NaN at the end, which equals nothing. */
  peek(ahead = 0): number {
    return this.text.charCodeAt(this.position + ahead);
  }

  skipSpace(): boolean {
    const from = this.position;
    while (isSpace(this.peek())) this.position += 1;
    return this.position > from;
  }

  /** Reads a qualified name into `prefix` and `local`. */
  readName(): void {
    const from = this.position;
    this.readPart();
    if (this.peek() === 0x3a) {
      this.prefix = this.text.slice(from, this.position);
      this.position += 1;
      const middle = this.position;
      this.readPart();
      this.local = this.text.slice(middle, this.position);
      if (this.peek() === 0x3a) malformed('a name has two colons', this.position);
    } else {
      this.prefix = '';
      this.local = this.text.slice(from, this.position);
    }
    if (this.position - from > this.maxNameLength) limitExceeded('maxNameLength', this.maxNameLength);
  }

  /** Moves over one NCName. */
  private readPart(): void {
    const text = this.text;
    let at = this.position;
    const first = text.codePointAt(at) ?? 0;
    if (!isNameStart(first)) malformed('a name is expected', at);
    at += first > 0xffff ? 2 : 1;
    for (;;) {
      const unit = text.charCodeAt(at);
      if (unit < 128) {
        if (!isNamePart(unit)) break;
        at += 1;
      } else {
        const code = text.codePointAt(at);
        if (code === undefined || !isNamePart(code)) break;
        at += code > 0xffff ? 2 : 1;
      }
    }
    this.position = at;
  }
}
