import type { CataloguePart } from '../entry.js';

export const joining = {
  'Joining.TokenUnreadable': {
    family: 'joining',
    status: 400,
    cause: 'The text is no join token, or a part of it is missing.',
    remedy: 'Copy the whole line that mallee join token create printed.',
  },
  'Joining.TokenUnknown': {
    family: 'joining',
    status: 403,
    cause: 'The daemon did not make this token, or the secret in it is wrong.',
    remedy: 'Create a token on the machine of the daemon that the new one shall join.',
  },
  'Joining.TokenExpired': {
    family: 'joining',
    status: 403,
    cause: 'The token was not used within its lifetime.',
    remedy: 'Create a new token; --ttl says how long it is good.',
  },
  'Joining.TokenUsed': {
    family: 'joining',
    status: 409,
    cause: 'Another key was registered with this token; each token registers one.',
    remedy:
      'Create a new token. If nobody of yours used this one, remove what it registered (mallee join list, join remove).',
  },
  'Joining.WrongPeer': {
    family: 'joining',
    status: 502,
    cause:
      'The server at the address of the token has another TLS certificate than the token names. Nothing was sent to it.',
    remedy: 'Someone may be between the machines, or the key of the daemon was replaced since: create a new token.',
  },
  'Joining.Unreachable': {
    family: 'joining',
    status: 503,
    cause: 'No address of the token answers.',
    remedy:
      'Check that the daemon runs with joining configured and that its port is reachable; then the same command again.',
  },
  'Joining.ClockSkew': {
    family: 'joining',
    status: 400,
    cause: 'The clocks of the two machines differ by more than signed messages may.',
    remedy: 'Set the clocks right (NTP); the token is still good.',
  },
  'Joining.NameTaken': {
    family: 'joining',
    status: 409,
    cause: 'A component of that name or at that address is registered already.',
    remedy: 'Take another --name or --address, or remove the old one first; the token is still good.',
  },
  'Joining.BadProof': {
    family: 'joining',
    status: 400,
    cause: 'Certificate and signing request do not prove that the sender holds an acceptable RSA key.',
    remedy: 'Join with mallee join, which makes key, certificate and request.',
  },
  'Joining.TooManyAttempts': {
    family: 'joining',
    status: 429,
    cause: 'Too many attempts failed within a minute.',
    remedy: 'Wait a minute; the log of the daemon has each attempt and its reason.',
  },
  'Joining.NotOffered': {
    family: 'joining',
    status: 404,
    cause: 'The daemon is not configured to let others join, or not for this role.',
    remedy: 'Set joining in its configuration: nodes join a cluster controller, everything else the cloud controller.',
  },
  'Joining.Occupied': {
    family: 'joining',
    status: 409,
    cause: 'The directory holds a component that did not come from this token.',
    remedy: 'Choose another --directory, or move the old one away.',
  },
  'Keys.Invalid': {
    family: 'joining',
    status: 400,
    cause: 'A key file is missing, or a key is weak or does not belong to its certificate.',
    remedy: 'The message names the file; RSA keys have 2048 to 8192 bits.',
  },
  'Keys.WouldOverwrite': {
    family: 'joining',
    status: 409,
    cause: 'A file that holds something else is there already.',
    remedy: 'Take another directory, or add --force when the old content is not needed.',
  },
  'Keys.RotationOrder': {
    family: 'joining',
    status: 409,
    cause: 'The stages of a key rotation are prepare, switch and finish; this one is not the next.',
    remedy: 'mallee keys rotate without --stage says which one is next.',
  },
} as const satisfies CataloguePart;
