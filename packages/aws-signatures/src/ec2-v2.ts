import { createHmac } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { equalsAny } from './constant-time.js';
import type { Ec2Request } from './ec2-request.js';
import { compareBytes, encodeComponent } from './percent.js';
import { headerValue } from './request.js';
import { isFresh, parseExtended } from './timestamps.js';

type Parameter = readonly [name: string, value: string];

const DIGESTS: Readonly<Record<string, string>> = { HmacSHA1: 'sha1', HmacSHA256: 'sha256' };
const DEFAULT_PORT = '8773';

/** The one value of a V2 parameter; throws when it is given twice, which would let two readers see two values. */
export function v2Parameter(parameters: readonly Parameter[], name: string): string | undefined {
  const found = parameters.filter(([key]) => key === name);
  if (found.length > 1) throw new MalleeError('IncompleteSignature', `The parameter ${name} is given twice.`);
  return found[0]?.[1];
}

/** True if `Signature` is right for any way in which clients are known to build the text they sign. */
export function verifyEc2V2(request: Ec2Request, secretKey: string): boolean {
  const method = v2Parameter(request.parameters, 'SignatureMethod') ?? 'HmacSHA1';
  const digest = Object.hasOwn(DIGESTS, method) ? DIGESTS[method] : undefined;
  if (digest === undefined) {
    throw new MalleeError('InvalidParameterValue', 'SignatureMethod must be HmacSHA1 or HmacSHA256.');
  }
  const given = (v2Parameter(request.parameters, 'Signature') ?? '').replace(/=+$/, '');
  const expected = textsToSign(request).map((text) => v2Signature(digest, secretKey, text).replace(/=+$/, ''));
  return equalsAny(given, expected);
}

/** Base64 HMAC of a V2 text; `digest` is `sha1` or `sha256`. */
export function v2Signature(digest: string, secretKey: string, text: string): string {
  return createHmac(digest, secretKey).update(text, 'utf8').digest('base64');
}

/** Parameters without `Signature`, sorted by byte order and encoded. */
export function v2CanonicalParameters(parameters: readonly Parameter[]): string {
  return parameters
    .filter(([name]) => name !== 'Signature')
    .map(([name, value]): Parameter => [encodeComponent(name), encodeComponent(value)])
    .sort((a, b) => compareBytes(a[0], b[0]) || compareBytes(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Timestamp within 15 minutes, or Expires not passed; exactly one of them must be there. */
export function checkEc2V2Time(request: Ec2Request, now: Date): void {
  const timestamp = v2Parameter(request.parameters, 'Timestamp');
  const expires = v2Parameter(request.parameters, 'Expires');
  if (timestamp !== undefined && expires !== undefined) {
    throw new MalleeError('InvalidParameterCombination', 'Give Timestamp or Expires, not both.');
  }
  const text = timestamp ?? expires;
  if (text === undefined) {
    throw new MalleeError('MissingParameter', 'The request must have one of the parameters Timestamp and Expires.');
  }
  const at = parseExtended(text);
  if (at === undefined) throw new MalleeError('InvalidParameterValue', `The time "${text}" is not ISO 8601.`);
  const valid = timestamp === undefined ? now.getTime() <= at.getTime() : isFresh(at, now);
  if (valid) return;
  const name = timestamp === undefined ? 'Expires' : 'Timestamp';
  throw new MalleeError(
    'RequestExpired',
    `Request has expired. ${name}: ${at.toISOString()}; time of the server: ${now.toISOString()}.`,
  );
}

/**
 * Old clients differ in three ways: the port of Host may be left out, a slash may be added to the path after signing, and a
 * space may be signed as `+`. All of them are functions of the request as received, so trying them weakens nothing.
 */
function textsToSign(request: Ec2Request): string[] {
  const parameters = v2CanonicalParameters(request.parameters);
  const queries = new Set([parameters, parameters.replaceAll('%20', '+')]);
  const texts: string[] = [];
  for (const host of hostForms(headerValue(request.headers, 'host') ?? '')) {
    for (const path of pathForms(request.rawPath)) {
      for (const query of queries) texts.push(`${request.method}\n${host}\n${path}\n${query}`);
    }
  }
  return texts;
}

function hostForms(host: string): Set<string> {
  const bare = host.replace(/:\d+$/, '');
  const withPort = bare === host ? `${host}:${DEFAULT_PORT}` : host;
  return new Set([host, bare, withPort, host.toLowerCase(), bare.toLowerCase(), withPort.toLowerCase()]);
}

function pathForms(rawPath: string): Set<string> {
  const bare = rawPath.replace(/\/+$/, '');
  return new Set([rawPath === '' ? '/' : rawPath, bare === '' ? '/' : bare, `${bare}/`]);
}
