import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { text } from '../../ec2/schema.js';
import { createSigningCertificate, storeSigningCertificate } from '../../identity/accounts.js';
import { requirePrincipal } from '../../identity/principals.js';
import { accountName } from './CreateAccount.js';

export const CreateSigningCertificate = defineAction({
  name: 'CreateSigningCertificate',
  authorization: 'cloud-admin',
  metric: 'CreateSigningCertificate',
  summary: 'Make an X.509 key pair for a user; the private key is in the answer and nowhere else.',
  parameters: z.object({ AccountName: accountName, UserName: accountName }),
  async run(given, { pool }) {
    const user = await requirePrincipal(pool, given.AccountName, given.UserName);
    const made = await createSigningCertificate(pool, user.user_id, user.name);
    return {
      certificate: {
        userName: user.name,
        certificateId: made.fingerprint,
        certificateBody: made.certificate,
        privateKey: made.privateKey,
      },
    };
  },
});

export const UploadSigningCertificate = defineAction({
  name: 'UploadSigningCertificate',
  authorization: 'cloud-admin',
  metric: 'UploadSigningCertificate',
  summary: 'Store a certificate with which a user signs bundles.',
  parameters: z.object({ AccountName: accountName, UserName: accountName, CertificateBody: text(16_384) }),
  async run(given, { pool }) {
    const user = await requirePrincipal(pool, given.AccountName, given.UserName);
    const certificateId = await storeSigningCertificate(pool, user.user_id, given.CertificateBody);
    return { certificate: { userName: user.name, certificateId } };
  },
});
