/** One request as an access log tells it; what is not known is left out. */
export interface LogRecord {
  /** Canonical id of the owner of the bucket. */
  readonly bucketOwner: string;
  readonly bucket: string;
  readonly at: Date;
  readonly remoteAddress?: string | undefined;
  /** Canonical id, or the name of a component; left out for anonymous. */
  readonly requester?: string | undefined;
  readonly requestId: string;
  readonly operation: string;
  readonly key?: string | undefined;
  /** `GET /bucket/key HTTP/1.1` */
  readonly requestLine: string;
  readonly status: number;
  readonly errorCode?: string | undefined;
  readonly bytesSent?: number | undefined;
  readonly objectSize?: number | undefined;
  readonly totalMs: number;
  /** From the whole request to the first byte of the answer. */
  readonly turnAroundMs?: number | undefined;
  readonly referer?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly versionId?: string | undefined;
  readonly signatureVersion?: 'SigV2' | 'SigV4' | undefined;
  readonly authType?: 'AuthHeader' | 'QueryString' | undefined;
  readonly host?: string | undefined;
  readonly tlsVersion?: string | undefined;
  readonly cipherSuite?: string | undefined;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
/** Of a text that a client chose, so that one request cannot fill the log. */
const MAX_TEXT = 4096;
/** Whoever reads a log must not be able to send a presigned request again. */
const SECRET = /([?&](?:x-amz-signature|signature|x-amz-security-token)=)[^&\s]*/gi;

/** The line of S3's server access log (its fields and their order are Amazon's documentation), with its line end. */
export function logLine(record: LogRecord): string {
  const fields = [
    record.bucketOwner,
    record.bucket,
    `[${logTime(record.at)}]`,
    bare(record.remoteAddress),
    bare(record.requester),
    record.requestId,
    record.operation,
    // Encoded twice, as S3 does: the key as in a URL, and that once more.
    bare(record.key === undefined ? undefined : encodeURIComponent(encodeKey(record.key))),
    quoted(record.requestLine.replace(SECRET, '$1REDACTED')),
    String(record.status),
    bare(record.errorCode),
    count(record.bytesSent),
    count(record.objectSize),
    count(record.totalMs),
    count(record.turnAroundMs),
    quoted(record.referer),
    quoted(record.userAgent),
    bare(record.versionId),
    '-',
    bare(record.signatureVersion),
    bare(record.cipherSuite),
    bare(record.authType),
    bare(record.host),
    bare(record.tlsVersion),
    '-',
    '-',
  ];
  return `${fields.join(' ')}\n`;
}

function logTime(at: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}

function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}

/** A field without quotes: a client must not be able to add another one. */
function bare(text: string | undefined): string {
  if (text === undefined || text === '') return '-';
  return escape(text).replaceAll(' ', '%20');
}

function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? '"-"' : `"${escape(text)}"`;
}

function escape(text: string): string {
  return text.slice(0, MAX_TEXT).replace(/[\0-\x1f\x7f"]/g, (sign) => encodeURIComponent(sign));
}

function count(number: number | undefined): string {
  return number === undefined || Number.isNaN(number) ? '-' : String(Math.round(number));
}
