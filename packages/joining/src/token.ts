import { createHash } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { joinRoles } from './roles.js';

const PREFIX = 'mallee-join-1.';
const MAXIMUM_LENGTH = 4096;
const CHECK_CHARACTERS = 8;

const schema = z.object({
  role: z.enum(joinRoles),
  /** https://HOST:PORT, tried in this order. */
  urls: z
    .array(z.url({ protocol: /^https$/ }))
    .min(1)
    .max(8),
  /** SHA-256 of the TLS certificate (DER) of the endpoint, base64url. */
  pin: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** 256 random bits, base64url. */
  secret: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** What one line of text tells the new host: where to go, whom to expect there, and what proves that it was invited. */
export type JoinToken = z.infer<typeof schema>;

/** One line without blanks: the version in plain text, then the content and a checksum, so that a line cut short is noticed. */
export function formatToken(token: JoinToken): string {
  const body = Buffer.from(JSON.stringify(schema.parse(token))).toString('base64url');
  return `${PREFIX}${body}.${checksum(body)}`;
}

/** @throws Joining.TokenUnreadable */
export function parseToken(text: string): JoinToken {
  const trimmed = text.trim();
  if (trimmed.length > MAXIMUM_LENGTH) throw unreadable('the text is too long');
  if (!trimmed.startsWith(PREFIX)) {
    const version = /^mallee-join-(\d+)\./.exec(trimmed)?.[1];
    throw unreadable(
      version === undefined
        ? `a join token begins with ${PREFIX}`
        : `this is a token of version ${version}, and this program knows version 1: update it`,
    );
  }
  const [body = '', check] = trimmed.slice(PREFIX.length).split('.');
  if (checksum(body) !== check) throw unreadable('a part of the token is missing or was changed');
  try {
    return schema.parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  } catch (cause) {
    throw new MalleeError('Joining.TokenUnreadable', 'the content of the token is not what it should be', { cause });
  }
}

function checksum(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, CHECK_CHARACTERS);
}

function unreadable(message: string): MalleeError {
  return new MalleeError('Joining.TokenUnreadable', message);
}
