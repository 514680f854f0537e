import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';

/** XML Schema types of fields; `acl`, `metadata` and `logging` are elements with a form of their own. */
export type FieldType =
  'string' | 'int' | 'long' | 'boolean' | 'dateTime' | 'base64Binary' | 'acl' | 'metadata' | 'logging' | 'versioning';

export interface FieldRule {
  readonly type: FieldType;
  readonly required?: true;
}

export type FieldRules = Readonly<Record<string, FieldRule>>;

/**
 * What clients of the access key scheme send besides. None of it is looked at: who asks is what the signature of the message says.
 */
export const IGNORED: FieldRules = {
  AWSAccessKeyId: { type: 'string' },
  Timestamp: { type: 'dateTime' },
  Signature: { type: 'string' },
  Credential: { type: 'string' },
};

/** The fields of a request, read strictly: known names, each once (metadata may repeat), in any order. */
export class Fields {
  readonly #elements = new Map<string, XmlElement[]>();

  /** Throws `MalformedXML`. */
  constructor(payload: XmlElement, rules: FieldRules) {
    for (const child of payload.children) {
      const rule = Object.hasOwn(rules, child.local) ? rules[child.local] : undefined;
      const known = rule !== undefined || Object.hasOwn(IGNORED, child.local);
      if (!known || child.namespace !== payload.namespace) throw malformed(`${child.local} is not known here`);
      const list = this.#elements.get(child.local) ?? [];
      if (list.length > 0 && rule?.type !== 'metadata') throw malformed(`there is more than one ${child.local}`);
      this.#elements.set(child.local, [...list, child]);
      if (rule !== undefined && isSimple(rule.type)) checkSimple(child, rule.type);
    }
    for (const [name, { required }] of Object.entries(rules)) {
      if (required === true && !this.#elements.has(name)) throw malformed(`${name} is missing`);
    }
  }

  element(name: string): XmlElement | undefined {
    return this.#elements.get(name)?.[0];
  }

  elements(name: string): readonly XmlElement[] {
    return this.#elements.get(name) ?? [];
  }

  /** Text of a field; undefined when it is absent. */
  text(name: string): string | undefined {
    return this.element(name)?.text;
  }

  /** Text of a field that is required. */
  required(name: string): string {
    return this.text(name) ?? '';
  }

  flag(name: string): boolean {
    const text = this.text(name)?.trim();
    return text === 'true' || text === '1';
  }
}

const FORMS: Partial<Record<FieldType, RegExp>> = {
  int: /^[+-]?\d{1,10}$/,
  long: /^[+-]?\d{1,15}$/,
  boolean: /^(?:true|false|0|1)$/,
  dateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?$/,
  base64Binary: /^[A-Za-z0-9+/\s]*={0,2}\s*$/,
};

function isSimple(type: FieldType): boolean {
  return type === 'string' || FORMS[type] !== undefined;
}

function checkSimple(element: XmlElement, type: FieldType): void {
  if (element.children.length > 0) throw malformed(`${element.local} has children`);
  const form = FORMS[type];
  if (form !== undefined && !form.test(element.text.trim())) throw malformed(`${element.local} is no ${type}`);
}

export function malformed(reason: string): MalleeError {
  return new MalleeError('MalformedXML', `The SOAP message does not follow the schema: ${reason}.`);
}
