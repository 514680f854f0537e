import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CloudAccountDirectory, type CloudCalls } from './cloud-account-directory.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const encrypt = (secret: string): string =>
  publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.from(secret),
  ).toString('base64');

/** A CLC that gives `answer` to everything. */
function directory(answer: object): CloudAccountDirectory {
  const call = (): Promise<object> => Promise.resolve({ certificates: [], ...answer });
  return new CloudAccountDirectory({ cloud: { call } as unknown as CloudCalls, privateKeyPem });
}

const account = { found: true, accountId: '1'.repeat(12), canonicalId: 'a'.repeat(64), displayName: 'alice' };
const key = { ...account, userId: 'AIDA', encryptedSecret: encrypt('se/cret+'), admin: false, enabled: true };

describe('CloudAccountDirectory', () => {
  it('decrypts the secret of a key', async () => {
    const { found: _, ...known } = account;
    expect(await directory(key).byAccessKey('AKIA')).toEqual({
      ...known,
      accessKeyId: 'AKIA',
      userId: 'AIDA',
      secretKey: 'se/cret+',
      isAdmin: false,
    });
  });

  it('knows no unknown and no disabled key', async () => {
    expect(await directory({ found: false }).byAccessKey('AKIA')).toBeUndefined();
    expect(await directory({ ...key, enabled: false }).byAccessKey('AKIA')).toBeUndefined();
    expect(await directory({ found: false }).byCanonicalId('x')).toBeUndefined();
    expect(await directory({ found: false }).certificatesOf('x')).toEqual([]);
  });

  it('finds accounts and their certificates', async () => {
    const cloud = directory({ ...account, certificates: ['PEM'] });
    expect(await cloud.byCanonicalId(account.canonicalId)).toMatchObject({ accountId: account.accountId });
    expect(await cloud.byAccountId(account.accountId)).toMatchObject({ displayName: 'alice' });
    expect(await cloud.certificatesOf(account.accountId)).toEqual(['PEM']);
  });

  it.each([[{ ...key, encryptedSecret: 'AAAA' }], [{ ...key, userId: undefined }]])(
    'refuses a useless answer',
    async (answer) => {
      await expect(directory(answer).byAccessKey('AKIA')).rejects.toMatchObject({ code: 'Wire.BadReply' });
    },
  );
});
