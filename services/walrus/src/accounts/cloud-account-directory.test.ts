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

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A CLC that gives `answer` to everything. */
function directory(answer: object): CloudAccountDirectory {
  const call = (): Promise<object> => Promise.resolve({ certificates: [], ...answer });
  return new CloudAccountDirectory({ cloud: { call } as unknown as CloudCalls, privateKeyPem });
}

const account = { found: true, accountId: '1'.repeat(12), canonicalId: 'a'.repeat(64), displayName: 'alice' };
const key = {
  ...account,
  userId: 'AIDA',
  userName: 'al',
  encryptedSecret: encrypt('se/cret+'),
  admin: false,
  enabled: true,
};

describe('CloudAccountDirectory', () => {
  it('decrypts the secret of a key', async () => {
    const { found: _, ...known } = account;
    expect(await directory(key).byAccessKey('AKIA')).toEqual({
      ...known,
      accessKeyId: 'AKIA',
      userId: 'AIDA',
      userName: 'al',
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

  it('asks for e-mail addresses as a whole, whatever their case', async () => {
    const asked: unknown[] = [];
    const call = (_: string, request: unknown): Promise<object> => {
      asked.push(request);
      return Promise.resolve({ ...account, certificates: [] });
    };
    const cloud = new CloudAccountDirectory({ cloud: { call } as unknown as CloudCalls, privateKeyPem });
    expect(await cloud.byEmail('Alice <a b@Example.com>')).toMatchObject({ accountId: account.accountId });
    expect(asked).toEqual([{ email: 'alice <a b@example.com>' }]);
  });

  it('refuses a revoked key within 10 seconds, and serves it while the cloud is away', async () => {
    let now = 0;
    let answer: object | undefined = key;
    const call = (): Promise<object> => (answer ? Promise.resolve(answer) : Promise.reject(new Error('away')));
    const options = { cloud: { call } as unknown as CloudCalls, privateKeyPem, now: () => now };
    const cloud = new CloudAccountDirectory(options);
    await cloud.byAccessKey('AKIA');
    answer = undefined;
    now = 3_600_000;
    expect(await cloud.byAccessKey('AKIA')).toMatchObject({ userId: 'AIDA' });
    answer = key;
    await cloud.byAccessKey('AKIA');
    await settle(); // it was renewed behind that
    answer = { found: false };
    now += 10_001;
    expect(await cloud.byAccessKey('AKIA')).toBeUndefined();
  });

  it.each([[{ ...key, encryptedSecret: 'AAAA' }], [{ ...key, userId: undefined }]])(
    'refuses a useless answer',
    async (answer) => {
      await expect(directory(answer).byAccessKey('AKIA')).rejects.toMatchObject({ code: 'Wire.BadReply' });
    },
  );
});
