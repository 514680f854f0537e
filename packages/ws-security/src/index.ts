export {
  loadIdentity,
  readCertificate,
  TrustStore,
  type Identity,
  type IdentityPem,
  type FoundPeer,
  type TrustedCertificate,
  type TrustedPeer,
} from './certificates.js';
export { systemClock, type Clock } from './clock.js';
export { nativeEngine, type SignatureCheck, type SignatureEngine } from './engine.js';
export {
  bodyTimestamp,
  headersOnly,
  profiles,
  userRequests,
  type PartName,
  type PartRules,
  type Profile,
  type ProfileName,
} from './profile.js';
export { ReplayCache, type ReplayCacheOptions, type ReplayEntry } from './replay-cache.js';
export { MessageSigner, type OutgoingMessage, type SignedMessage, type SignerOptions } from './signer.js';
export { suites, type Suite, type SuiteName } from './suites.js';
export { defaultFreshness, type FreshnessRules } from './timestamp.js';
export { MessageVerifier, type VerifiedMessage, type VerifierOptions } from './verifier.js';
export { loadXmlCryptoEngine } from './xml-crypto-engine.js';
