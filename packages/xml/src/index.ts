export { canonicalize } from './canonical.js';
export type { XmlAttribute, XmlElement } from './element.js';
export { escapeAttribute, escapeText } from './escape.js';
export { defaultLimits, type XmlLimits, type XmlReadOptions } from './limits.js';
export { parseXml } from './parse.js';
export { plainScope, readPlainElement, type PlainResult, type PlainSource } from './plain-reader.js';
