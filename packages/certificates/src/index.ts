export { createPkcs12, createSelfSignedCertificate, type CertificateOptions } from './certificate.js';
export { generateKeyPair, type KeyPair } from './keys.js';
export {
  checkRsa,
  createSigningRequest,
  readSelfSigned,
  readSigningRequest,
  type SigningRequest,
} from './signing-request.js';
export { checkKeyPair, readCertificatePem, toPkcs1, type CertifiedKey } from './key-pair.js';
export {
  keyDirectoryFiles,
  readKeyDirectory,
  writeKeyDirectory,
  type KeyDirectory,
  type KeyDirectoryRole,
} from './key-directory.js';
export { readPkcs12 } from './pkcs12.js';
