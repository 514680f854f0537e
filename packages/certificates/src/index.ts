export { createPkcs12, createSelfSignedCertificate, type CertificateOptions } from './certificate.js';
export { generateKeyPair, type KeyPair } from './keys.js';
export {
  checkRsa,
  createSigningRequest,
  readSelfSigned,
  readSigningRequest,
  type SigningRequest,
} from './signing-request.js';
