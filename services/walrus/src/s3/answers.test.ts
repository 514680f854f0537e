import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';

let walrus: Fixture;
let etag: string;
let lastModified: string;

const get = (headers: Record<string, string> = {}, method = 'GET', target = '/answers/k'): Promise<Reply> =>
  sendSigned(walrus.port, { method, target, headers });

beforeAll(async () => {
  walrus = await startFixture();
  await sendSigned(walrus.port, { method: 'PUT', target: '/answers' });
  const headers = {
    'content-type': 'text/plain',
    'cache-control': 'max-age=60',
    expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
    'x-amz-meta-a': 'b',
    'x-amz-tagging': 'a=b',
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-website-redirect-location': '/elsewhere',
  };
  await sendSigned(walrus.port, { method: 'PUT', target: '/answers/k', body: '0123456789', headers });
  await sendSigned(walrus.port, { method: 'PUT', target: '/answers/empty', body: '' });
  const reply = await get();
  [etag, lastModified] = [String(reply.headers.etag), String(reply.headers['last-modified'])];
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

const changing = ['date', 'x-amz-request-id', 'x-mallee-correlation-id'];
const lasting = ({ headers }: Reply): [string, unknown][] =>
  Object.entries(headers).filter(([name]) => !changing.includes(name));

describe('HEAD', () => {
  it.each<[string, Record<string, string>, string]>([
    ['the whole object', {}, ''],
    ['a range', { range: 'bytes=2-3' }, ''],
    ['a range beyond the end', { range: 'bytes=10-' }, ''],
    ['a part', {}, '?partNumber=1'],
    ['overrides', {}, '?response-content-type=a%2Fb'],
    ['a condition that fails', { 'if-match': '"no"' }, ''],
    ['nothing new', { 'if-none-match': '*' }, ''],
    ['a checksum', { 'x-amz-checksum-mode': 'ENABLED' }, ''],
  ])('says what GET says, without the body: %s', async (_, headers, query) => {
    const [head, whole] = [
      await get(headers, 'HEAD', `/answers/k${query}`),
      await get(headers, 'GET', `/answers/k${query}`),
    ];
    expect([head.status, head.body.length]).toEqual([whole.status, 0]);
    // An error document is described by GET alone.
    const described = (reply: Reply) =>
      lasting(reply).filter(([name]) => whole.status < 400 || !['content-type', 'content-length'].includes(name));
    expect(described(head)).toEqual(described(whole));
  });
});

describe('ranges', () => {
  it.each<[string, number, string, string | undefined]>([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=0-9', 206, '0123456789', 'bytes 0-9/10'],
    [`bytes=${'9'.repeat(400)}-`, 416, '', 'bytes */10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    // No byte range, or several: the whole object.
    ['bytes=5-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
    ['bytes=-', 200, '0123456789', undefined],
    ['bytes=a-b', 200, '0123456789', undefined],
  ])('%s: %s', async (range, status, text, contentRange) => {
    const reply = await get({ range });
    expect([reply.status, reply.headers['content-range']]).toEqual([status, contentRange]);
    if (status !== 416) return expect(reply.body.toString()).toBe(text);
    expect(reply.code).toBe('InvalidRange');
    expect(reply.body.toString()).toContain(
      `<RangeRequested>${range}</RangeRequested><ActualObjectSize>10</ActualObjectSize>`,
    );
  });

  it('of an empty object: none can be satisfied', async () => {
    for (const range of ['bytes=0-', 'bytes=-1'])
      expect((await get({ range }, 'GET', '/answers/empty')).code).toBe('InvalidRange');
  });

  it('count only while If-Range names this very object', async () => {
    const range = 'bytes=0-0';
    for (const good of [etag, lastModified]) expect((await get({ range, 'if-range': good })).status).toBe(206);
    const older = new Date(Date.parse(lastModified) - 1000).toUTCString();
    const newer = new Date(Date.parse(lastModified) + 1000).toUTCString();
    for (const bad of ['"other"', `W/${etag}`, older, newer, 'nonsense', '*'])
      expect([bad, (await get({ range, 'if-range': bad })).status]).toEqual([bad, 200]);
  });
});

describe('conditions', () => {
  const past = 'Mon, 01 Jan 2001 00:00:00 GMT';
  const future = 'Fri, 01 Jan 2100 00:00:00 GMT';
  it.each<[Record<string, string>, number]>([
    [{ 'if-modified-since': past }, 200],
    [{ 'if-modified-since': future }, 304],
    [{ 'if-modified-since': 'nonsense' }, 200],
    [{ 'if-unmodified-since': past }, 412],
    [{ 'if-unmodified-since': future }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"no"' }, 412],
    [{ 'if-none-match': '"no"' }, 200],
    [{ 'if-none-match': '*' }, 304],
    // ETags win over dates.
    [{ 'if-none-match': '"no"', 'if-modified-since': future }, 200],
  ])('%j: %d', async (headers, status) => {
    expect((await get(headers)).status).toBe(status);
  });

  it('ETags in lists, weak ones, and both kinds together', async () => {
    expect((await get({ 'if-none-match': `"a", W/${etag}` })).status).toBe(304);
    expect((await get({ 'if-match': `"a", ${etag}`, 'if-unmodified-since': past })).status).toBe(200);
    expect((await get({ 'if-match': etag, 'if-none-match': etag })).status).toBe(304);
  });

  it('304 carries what a cache has to know, and no body', async () => {
    const reply = await get({ 'if-none-match': etag });
    expect([reply.status, reply.body.length]).toEqual([304, 0]);
    expect(reply.headers).toMatchObject({
      etag,
      'last-modified': lastModified,
      'cache-control': 'max-age=60',
      expires: 'Thu, 01 Dec 2033 16:00:00 GMT',
    });
    expect(Object.keys(reply.headers)).not.toContain('content-length');
  });
});
