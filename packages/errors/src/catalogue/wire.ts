import type { CataloguePart } from '../entry.js';

export const wire = {
  'Wire.MalformedXml': {
    family: 'wire',
    status: 400,
    cause:
      'The message is not well-formed XML, or uses a construct that is refused (DOCTYPE, processing instruction, comment).',
    remedy: 'Send plain well-formed XML.',
  },
  'Wire.LimitExceeded': {
    family: 'wire',
    status: 413,
    cause: 'The message exceeds a parser limit (size, depth, elements, attributes, name length).',
    remedy: 'Send a smaller message or raise the documented limit.',
  },
  'Wire.RequestTimeout': {
    family: 'wire',
    status: 408,
    cause: 'The body of the request did not arrive in time.',
    remedy: 'Look at the network between both machines; a body has 30 seconds.',
  },
  'Wire.MalformedMessage': {
    family: 'wire',
    status: 400,
    cause: 'The XML does not follow the schema of the operation.',
    remedy: 'Compare element names, order and required elements with the WSDL.',
  },
  'Wire.VersionMismatch': {
    family: 'wire',
    status: 400,
    cause: 'The message is SOAP 1.2.',
    remedy: 'Send SOAP 1.1: content type text/xml and its envelope.',
  },
  'Wire.NotSigned': {
    family: 'wire',
    status: 403,
    cause: 'The message carries no WS-Security signature.',
    remedy: 'Sign the message with the key of a registered component.',
  },
  'Wire.PolicyViolation': {
    family: 'wire',
    status: 403,
    cause:
      'The security header does not follow the profile: a part is missing, unsigned, repeated or in another place.',
    remedy: 'Sign exactly Body, Timestamp, To, Action and MessageID as the profile says.',
  },
  'Wire.SignatureInvalid': {
    family: 'wire',
    status: 403,
    cause: 'A digest or the signature value does not verify.',
    remedy: 'The message was changed on the way, or the certificate does not belong to the key.',
  },
  'Wire.UnknownCertificate': {
    family: 'wire',
    status: 403,
    cause: 'The signature is good but its certificate is not registered for this endpoint.',
    remedy: 'Register the certificate of the component, or copy the current one to the peer.',
  },
  'Wire.AlgorithmRefused': {
    family: 'wire',
    status: 403,
    cause: 'The message uses an algorithm that the profile does not allow for this peer.',
    remedy: 'Use RSA-SHA256 (or RSA-SHA1 for configured original peers) with exclusive canonicalisation.',
  },
  'Wire.Expired': {
    family: 'wire',
    status: 403,
    cause: 'The Timestamp of the message has expired.',
    remedy: 'Send again; if it repeats, compare the clocks of both machines.',
  },
  'Wire.ClockSkew': {
    family: 'wire',
    status: 403,
    cause: 'The Timestamp of the message lies in the future: the clocks of the two machines differ.',
    remedy: 'Synchronise the clocks (NTP); the message names both times.',
  },
  'Wire.Replayed': {
    family: 'wire',
    status: 403,
    cause: 'The same signed message has been received before.',
    remedy: 'Every message needs a new MessageID; do not send one twice.',
  },
  'Wire.CreatedBeforeStart': {
    family: 'wire',
    status: 403,
    cause: 'The message was created before this daemon started, so it may be a replay of one that was answered before.',
    remedy: 'Send again, as a new message; if it repeats, compare the clocks of both machines.',
  },
  'Wire.ReplayCacheFull': {
    family: 'wire',
    status: 503,
    cause:
      'More messages arrived within their lifetime than the replay cache remembers; none is forgotten before its time.',
    remedy: 'Send again later; find the peer that calls so often, or raise the capacity of the cache.',
  },
  'Wire.UnknownOperation': {
    family: 'wire',
    status: 500,
    cause: 'The endpoint has no operation of that name.',
    remedy: 'Check wsa:Action, SOAPAction and the body element.',
  },
  'Wire.OperationNotSupported': {
    family: 'wire',
    status: 500,
    cause: 'The operation exists in the WSDL but this daemon does not offer it.',
    remedy: 'See docs/reference for the operations that are served.',
  },
  'Wire.NotForOriginal': {
    family: 'wire',
    status: 400,
    cause: 'A text is not one that an original peer can read: it is not plain ASCII, or too long for its buffer.',
    remedy: 'Use plain ASCII and short names, ids and keys where a cloud has original components.',
  },
  'Wire.WrongDialect': {
    family: 'wire',
    status: 400,
    cause: 'The message is of another dialect than the one this peer is configured for.',
    remedy: 'Correct dialect in the entry of the peer in the configuration, or leave it out.',
  },
  'Wire.PeerUnreachable': {
    family: 'wire',
    status: 503,
    cause: 'The peer does not accept a connection.',
    remedy: 'Check that the daemon runs and that its address in the configuration is right.',
  },
  'Wire.TlsPinMismatch': {
    family: 'wire',
    status: 503,
    cause: 'The peer showed another TLS certificate than the one that is pinned for it; nothing was sent.',
    remedy: 'Compare the fingerprint in the message with that of the peer, and pin its current certificate.',
  },
  'Wire.PeerBusy': {
    family: 'wire',
    status: 503,
    cause: 'As many calls to this peer as are allowed are under way, and the queue behind them is full.',
    remedy: 'Try again later; look at the time the peer takes to answer.',
  },
  'Wire.PeerTimeout': {
    family: 'wire',
    status: 504,
    cause: 'The peer did not answer in time.',
    remedy: 'Look at the load and the log of the peer.',
  },
  'Wire.PeerFault': {
    family: 'wire',
    status: 502,
    cause: 'The peer answered with a SOAP fault or with return=false.',
    remedy: 'The text of the peer is in the message; look up the correlation id in its log.',
  },
  'Wire.BadReply': {
    family: 'wire',
    status: 502,
    cause: 'The answer of the peer is not signed as required or does not follow the schema.',
    remedy: 'Check version and profile of the peer.',
  },
} as const satisfies CataloguePart;
