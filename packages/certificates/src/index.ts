export { createPkcs12, createSelfSignedCertificate, type CertificateOptions } from './certificate.js';
export { generateKeyPair, type KeyPair } from './keys.js';
