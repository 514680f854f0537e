import {
  bodyText,
  envelopeText,
  headerText,
  partId,
  REFERENCE_END,
  referenceStart,
  securityStart,
  SIGNED_INFO_END,
  SIGNED_INFO_WIRE,
  signatureText,
  signedInfoStart,
  timestampText,
  type HeaderName,
} from './layout.js';
import type { PartName } from './profile.js';
import type { Suite } from './suites.js';

/** What differs from message to message. */
type Hole = HeaderName | 'token' | 'created' | 'expires' | 'signature' | 'payload' | `digest of ${PartName}`;

/** The values that stand in the holes of a message, and where two of its pieces lie. */
export interface LayoutMatch {
  readonly values: ReadonlyMap<Hole, string>;
  readonly payloadFrom: number;
  readonly payloadTo: number;
  /** SignedInfo behind the name in its start tag. */
  readonly signedInfoFrom: number;
  readonly signedInfoTo: number;
}

const MARK = '\u0001';
const hole = (name: Hole): string => MARK + name + MARK;

/** Ids that stand in a message of this layout outside of its payload. */
const ALL_PARTS: readonly PartName[] = ['To', 'Action', 'MessageID', 'RelatesTo', 'From', 'Body', 'Timestamp'];
export const layoutIds: readonly string[] = [...ALL_PARTS, 'Token' as const, 'Signature' as const].map(partId);

/**
 * One shape of the messages that `MessageSigner` writes: the texts that never change, made by the writer's own functions, and the holes
 * between them. A text that equals the texts and has no markup in its holes can only be read in one way.
 */
export class OwnLayout {
  readonly suite: Suite;
  readonly headers: readonly HeaderName[];
  /** In the order of the references. */
  readonly parts: readonly PartName[];
  /** Elements before the payload. */
  readonly elements: number;
  readonly #literals: readonly string[];
  readonly #holes: readonly Hole[];
  /** The literal that has the start of SignedInfo and the place in it; its end is where the literal after the last digest has it. */
  readonly #signedInfo: readonly [literal: number, offset: number];
  readonly #signedInfoEnd: readonly [literal: number, offset: number];

  constructor(headers: readonly HeaderName[], suite: Suite, timed: boolean) {
    this.suite = suite;
    this.headers = headers;
    this.parts = [...headers, 'Body', ...(timed ? (['Timestamp'] as const) : [])];
    const references = this.parts.map(
      (name) => referenceStart(suite, name) + hole(`digest of ${name}`) + REFERENCE_END,
    );
    const signedInfo = signedInfoStart(suite) + references.join('') + SIGNED_INFO_END;
    const security =
      securityStart(hole('token')) +
      (timed ? timestampText(hole('created'), hole('expires')).wire : '') +
      signatureText(signedInfo, hole('signature'));
    const text = envelopeText(
      headers.map((name) => headerText(name, hole(name)).wire).join(''),
      security,
      bodyText(hole('payload')).wire,
    );
    const pieces = text.split(MARK);
    this.#literals = pieces.filter((_, index) => index % 2 === 0);
    this.#holes = pieces.filter((_, index) => index % 2 === 1) as Hole[];
    this.elements = text.match(/<[^/]/g)!.length;
    this.#signedInfo = this.#find(SIGNED_INFO_WIRE, SIGNED_INFO_WIRE.length);
    this.#signedInfoEnd = this.#find(SIGNED_INFO_END, SIGNED_INFO_END.length);
  }

  /** The values of a message, or undefined if it has another layout. They are slices of it and contain no "<". */
  match(text: string): LayoutMatch | undefined {
    const values = new Map<Hole, string>();
    const starts: number[] = [];
    let at = 0;
    for (const [index, name] of this.#holes.entries()) {
      const literal = this.#literals[index]!;
      const end = at + literal.length;
      // Comparing a slice is a comparison of memory; startsWith takes ten times as long for these lengths.
      if (text.slice(at, end) !== literal) return undefined;
      starts.push(at);
      at = end;
      if (name === 'payload') break;
      const next = text.indexOf('<', end);
      if (next < 0) return undefined;
      values.set(name, text.slice(end, next));
      at = next;
    }
    const tail = this.#literals.at(-1)!;
    const payloadTo = text.length - tail.length;
    if (payloadTo <= at || text.slice(payloadTo) !== tail) return undefined;
    return {
      values,
      payloadFrom: at,
      payloadTo,
      signedInfoFrom: starts[this.#signedInfo[0]]! + this.#signedInfo[1],
      signedInfoTo: starts[this.#signedInfoEnd[0]]! + this.#signedInfoEnd[1],
    };
  }

  #find(part: string, more: number): readonly [number, number] {
    const literal = this.#literals.findIndex((one) => one.includes(part));
    return [literal, this.#literals[literal]!.indexOf(part) + more];
  }
}
