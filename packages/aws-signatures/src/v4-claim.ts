import { MalleeError, type ErrorCode } from '@mallee/errors';
import { parseBasic, parseHeaderDate, formatBasic } from './timestamps.js';
import { headerValue, type Headers, type SignedRequest } from './request.js';
import { V4_ALGORITHM, type CredentialScope } from './v4-canonical.js';

/** What a request says about its own V4 signature, parsed but not yet believed. */
export interface V4Claim {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  /** 64 lower-case hex digits. */
  readonly signature: string;
  /** Basic ISO form, as signed. */
  readonly timestamp: string;
  readonly at: Date;
  /** Seconds; only a presigned request has it. */
  readonly expires?: number;
}

/** Longest life of a presigned request: seven days. */
const MAX_EXPIRES = 604_800;

/** Reads `Authorization: AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`. */
export function claimOfHeader(request: SignedRequest, malformed: ErrorCode): V4Claim {
  const text = headerValue(request.headers, 'authorization') ?? '';
  const fields = new Map<string, string>();
  for (const piece of text.slice(V4_ALGORITHM.length).split(',')) {
    const mark = piece.indexOf('=');
    if (mark === -1) throw new MalleeError(malformed, 'The Authorization header has a part without "=".');
    const name = piece.slice(0, mark).trim();
    if (fields.has(name)) throw new MalleeError(malformed, `The Authorization header has ${name} twice.`);
    fields.set(name, piece.slice(mark + 1).trim());
  }
  const { timestamp, at } = requestDate(request.headers, malformed);
  return buildClaim({
    credential: fields.get('Credential'),
    signedHeaders: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    timestamp,
    at,
    malformed,
  });
}

/** Reads the `X-Amz-*` parameters of a presigned URL. */
export function claimOfQuery(parameters: ReadonlyMap<string, string>, malformed: ErrorCode): V4Claim {
  if (parameters.get('X-Amz-Algorithm') !== V4_ALGORITHM) {
    throw new MalleeError(malformed, `X-Amz-Algorithm must be ${V4_ALGORITHM}.`);
  }
  const timestamp = parameters.get('X-Amz-Date') ?? '';
  const at = parseBasic(timestamp);
  if (at === undefined) throw new MalleeError(malformed, 'X-Amz-Date must have the form YYYYMMDDTHHMMSSZ.');
  const expiresText = parameters.get('X-Amz-Expires') ?? '';
  const expires = Number(expiresText);
  if (!/^-?\d{1,15}$/.test(expiresText)) throw new MalleeError(malformed, 'X-Amz-Expires must be a number of seconds.');
  if (expires < 1 || expires > MAX_EXPIRES) {
    throw new MalleeError('AccessDenied', 'X-Amz-Expires must lie between 1 and 604800 seconds (seven days).');
  }
  const claim = buildClaim({
    credential: parameters.get('X-Amz-Credential'),
    signedHeaders: parameters.get('X-Amz-SignedHeaders'),
    signature: parameters.get('X-Amz-Signature'),
    timestamp,
    at,
    malformed,
  });
  return { ...claim, expires };
}

interface ClaimText {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly timestamp: string;
  readonly at: Date;
  readonly malformed: ErrorCode;
}

function buildClaim(text: ClaimText): V4Claim {
  const { malformed } = text;
  if (!text.credential || !text.signedHeaders || !text.signature) {
    throw new MalleeError(malformed, 'The signature needs Credential, SignedHeaders and Signature.');
  }
  // The key id itself may hold slashes nowhere, but a region of an odd host name may: count from both ends.
  const parts = text.credential.split('/');
  const [accessKeyId, day, region, service, end] = parts;
  if (parts.length !== 5 || end !== 'aws4_request' || !accessKeyId || !region || !service) {
    throw new MalleeError(malformed, 'Credential must have the form KEY/YYYYMMDD/REGION/SERVICE/aws4_request.');
  }
  if (day === undefined || day !== text.timestamp.slice(0, 8)) {
    throw new MalleeError(malformed, 'The day of the credential scope differs from the date of the request.');
  }
  const signedHeaders = text.signedHeaders.split(';');
  const ordered = signedHeaders.every(
    (name, i) => /^[!-9<-~]+$/.test(name) && (i === 0 || signedHeaders[i - 1]! < name),
  );
  if (!ordered || text.signedHeaders !== text.signedHeaders.toLowerCase()) {
    throw new MalleeError(malformed, 'SignedHeaders must be lower-case names in order, each once.');
  }
  if (!signedHeaders.includes('host')) throw new MalleeError(malformed, 'SignedHeaders must name host.');
  if (!/^[0-9a-f]{64}$/.test(text.signature)) throw new MalleeError(malformed, 'Signature must be 64 hex digits.');
  const scope = { day, region, service };
  return { accessKeyId, scope, signedHeaders, signature: text.signature, timestamp: text.timestamp, at: text.at };
}

function requestDate(headers: Headers, malformed: ErrorCode): { timestamp: string; at: Date } {
  const text = headerValue(headers, 'x-amz-date') ?? headerValue(headers, 'date');
  if (text === undefined) throw new MalleeError(malformed, 'The request has neither x-amz-date nor Date.');
  const at = parseHeaderDate(text);
  if (at === undefined) throw new MalleeError(malformed, 'The date of the request cannot be read.');
  return { timestamp: formatBasic(at), at };
}
