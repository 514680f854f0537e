import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';

let walrus: Fixture;
let port: number;

beforeAll(async () => {
  walrus = await startFixture();
  ({ port } = walrus);
  await sendSigned(port, { method: 'PUT', target: '/inject', headers: { 'x-amz-acl': 'public-read-write' } });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

async function post(fields: Record<string, string>, fileType = 'text/plain'): Promise<Reply> {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\nContent-Type: ${fileType}\r\n\r\nx\r\n--b--\r\n`;
  const body = Buffer.from(parts.join('') + file);
  const headers = { 'content-type': 'multipart/form-data; boundary=b', 'content-length': String(body.length) };
  return await send(port, { method: 'POST', target: '/inject', headers, body });
}

const configure = (subResource: string, body: string): Promise<Reply> =>
  sendSigned(port, { method: 'PUT', target: `/inject?${subResource}`, body });

describe('fields of a form that become headers', () => {
  it.each([
    ['metadata', { 'x-amz-meta-a': 'one\r\nx-evil: 1' }],
    ['a name of metadata', { 'x-amz-meta-a b\t': 'one' }],
    ['the disposition', { 'Content-Disposition': 'a\nb' }],
    ['the type', { 'Content-Type': 'text/html\r\n\r\n<script>' }],
  ])('%s with what no header can carry are refused', async (_, fields) => {
    const reply = await post({ key: 'bad', ...fields });
    expect([reply.status, reply.code]).toEqual([400, 'InvalidArgument']);
    expect((await sendSigned(port, { target: '/inject/bad' })).code).toBe('NoSuchKey');
  });

  it('come back as the bytes that were sent, also beyond ASCII', async () => {
    const text = 'Grüße, 世界';
    expect((await post({ key: 'good', 'x-amz-meta-a': text, 'Content-Disposition': text }, text)).status).toBe(204);
    const { status, headers } = await sendSigned(port, { target: '/inject/good' });
    expect(status).toBe(200);
    for (const name of ['x-amz-meta-a', 'content-disposition', 'content-type'])
      expect(Buffer.from(String(headers[name]), 'latin1').toString()).toBe(text);
  });
});

describe('documents whose texts become headers', () => {
  it('CORS: a header to expose that is none is refused', async () => {
    const rule = (exposed: string) =>
      `<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>
       <ExposeHeader>${exposed}</ExposeHeader></CORSRule></CORSConfiguration>`;
    for (const bad of ['a&#13;&#10;x-evil: 1', 'ä世', 'a b', ''])
      expect((await configure('cors', rule(bad))).code).toBe('InvalidRequest');
    expect((await configure('cors', rule('x-amz-meta-a'))).status).toBe(200);
    const { headers } = await send(port, { target: '/inject', headers: { origin: 'http://a' } });
    expect(headers['access-control-expose-headers']).toBe('x-amz-meta-a');
    await sendSigned(port, { method: 'DELETE', target: '/inject?cors' });
  });

  it('encryption: a name of a key that no header can carry is refused', async () => {
    const rule = (id: string) =>
      `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>
       <KMSMasterKeyID>${id}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;
    for (const bad of ['a&#10;b', '世']) expect((await configure('encryption', rule(bad))).code).toBe('MalformedXML');
    await sendSigned(port, { method: 'DELETE', target: '/inject?encryption' });
  });

  it('lifecycle: the id of a rule is encoded', async () => {
    const rule = `<LifecycleConfiguration><Rule><ID>ä"&#10;世</ID><Filter/><Status>Enabled</Status>
      <Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>`;
    expect((await configure('lifecycle', rule)).status).toBe(200);
    const reply = await sendSigned(port, { method: 'PUT', target: '/inject/k', body: 'x' });
    expect([reply.status, reply.headers['x-amz-expiration']]).toEqual([
      200,
      expect.stringMatching(/rule-id="%C3%A4%22%0A%E4%B8%96"$/),
    ]);
  });
});

describe('overrides of the headers of an answer', () => {
  it('need a signature, and are text of one line in Latin-1', async () => {
    await sendSigned(port, { method: 'PUT', target: '/inject/o', body: 'x', headers: { 'x-amz-acl': 'public-read' } });
    const given = (value: string) => `/inject/o?response-content-disposition=${encodeURIComponent(value)}`;
    expect((await send(port, { target: given('inline') })).code).toBe('InvalidRequest');
    const good = await sendSigned(port, { target: given('attachment; filename="Grüße.txt"') });
    expect(good.headers['content-disposition']).toBe('attachment; filename="Grüße.txt"');
    for (const bad of ['a\r\nx-evil: 1', '世界', '\u0001']) {
      expect((await sendSigned(port, { target: given(bad) })).code).toBe('InvalidArgument');
    }
    for (const name of ['cache-control', 'content-encoding', 'content-language', 'content-type', 'expires']) {
      const { headers } = await sendSigned(port, { target: `/inject/o?response-${name}=a%2Fb` });
      expect(headers[name]).toBe('a/b');
    }
  });
});
