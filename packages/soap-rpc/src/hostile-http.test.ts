import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Health, HttpListener, Metrics } from '@mallee/daemon';
import { makeIdentity } from '@mallee/testing';
import { encodeMessage, EucalyptusNC_2_0, type EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, type IdentityPem } from '@mallee/ws-security';
import { createSoapHandler } from './handler.js';
import { quiet } from './test-support/peers.js';

/* A SOAP endpoint behind the listener of the daemons, against clients that misuse HTTP. */

// The machine may be busy.
jest.setTimeout(300_000);

const service = EucalyptusNC_2_0;
const operation = service.operations['ncPowerDown']!;
const MAXIMUM = 65_536;
const SLOW_MS = 1000;

let cluster: IdentityPem;
const listeners: HttpListener[] = [];
/** Where the tests go; the slow ones go to a listener with little patience. */
let port = 0;
let impatientPort = 0;
let served = 0;

beforeAll(async () => {
  const [from, node] = await Promise.all([makeIdentity('cluster'), makeIdentity('node')]);
  cluster = from;
  port = await start(node);
  impatientPort = await start(node, SLOW_MS);
});
afterAll(() => Promise.all(listeners.map((listener) => listener.close(100))));

/** A SOAP endpoint; `patienceMs` for heads and bodies, the defaults without it. */
async function start(identity: IdentityPem, patienceMs?: number): Promise<number> {
  const common = { logger: quiet, metrics: new Metrics() };
  const address = { host: '127.0.0.1', port: 0 };
  const listener = new HttpListener({ ...address, health: new Health(), headersTimeoutMs: patienceMs, ...common });
  const handler = createSoapHandler<EucalyptusNCOperations_2_0>({
    service,
    identity,
    trusted: () => [cluster.certificatePem],
    handlers: {
      ncPowerDown: async () => {
        served += 1;
        return { return: true, statusMessage: 0 };
      },
    },
    limits: { maxBytes: MAXIMUM },
    bodyTimeoutMs: patienceMs,
    ...common,
  });
  listener.route(service.path, handler);
  listeners.push(listener);
  return (await listener.listen()).port;
}

function signed(): string {
  const signer = new MessageSigner({ identity: loadIdentity(cluster) });
  const to = `http://127.0.0.1:${port}${service.path}`;
  return signer.sign({ to, action: operation.soapAction, payload: encodeMessage(operation.request, {}) }).text;
}

const head = (...more: string[]): string =>
  [`POST ${service.path} HTTP/1.1`, 'Host: x', 'SOAPAction: ""', 'Content-Type: text/xml', ...more, '', ''].join(
    '\r\n',
  );
const whole = (text = signed(), ...more: string[]): string => head(`Content-Length: ${text.length}`, ...more) + text;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

/** Sends bytes and gives everything that comes back until the server closes, or answers so often. */
function exchange(
  bytes: string | Buffer,
  { answers = 1, end = false }: { answers?: number; end?: boolean } = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
      if ((answer.match(/<\/soapenv:Envelope>/g) ?? []).length >= answers) socket.end();
    });
    socket.on('close', () => resolve(answer)).on('error', () => undefined);
    socket.write(bytes);
    if (end) socket.end();
  });
}

const statuses = (answer: string): number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
const code = (answer: string): string | undefined => /<m:Code>([^<]*)</.exec(answer)?.[1];

/** Open sockets of this process, which holds both ends. */
function sockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

/** Waits until no more sockets are open than before. */
async function backTo(base: number): Promise<void> {
  for (let tries = 0; tries < 400 && sockets() > base; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sockets()).toBeLessThanOrEqual(base);
}

const healthy = async (): Promise<void> => expect(statuses(await exchange(whole()))).toEqual([200]);

describe('request smuggling: where two readers could see different requests, there is none', () => {
  const body = (): string => signed();
  const smuggled: readonly (readonly [string, () => string])[] = [
    [
      'Content-Length and Transfer-Encoding',
      () => head(`Content-Length: ${4}`, 'Transfer-Encoding: chunked') + `0\r\n\r\n${whole()}`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      () => head('Transfer-Encoding: chunked', 'Content-Length: 4') + `0\r\n\r\n${whole()}`,
    ],
    ['two lengths that differ', () => head('Content-Length: 4', `Content-Length: ${body().length}`) + whole()],
    ['two lengths in one header', () => head('Content-Length: 4, 5') + whole()],
    ['a length with a sign', () => head('Content-Length: +5') + whole()],
    ['a negative length', () => head('Content-Length: -1') + whole()],
    ['a length in hex', () => head('Content-Length: 0x10') + whole()],
    ['a length beyond numbers', () => head('Content-Length: 99999999999999999999') + whole()],
    ['a blank before the colon', () => head('Transfer-Encoding : chunked') + `0\r\n\r\n${whole()}`],
    ['another coding with chunked', () => head('Transfer-Encoding: chunked, identity') + `0\r\n\r\n${whole()}`],
    ['a coding that nobody knows', () => head('Transfer-Encoding: xchunked') + `0\r\n\r\n${whole()}`],
    ['a folded header', () => head('X-A: b', ' Transfer-Encoding: chunked', 'Content-Length: 4') + whole()],
    ['a chunk of a size that is no number', () => head('Transfer-Encoding: chunked') + `zz\r\n${body()}\r\n0\r\n\r\n`],
    ['a chunk of a size beyond numbers', () => head('Transfer-Encoding: chunked') + `fffffffffffffffff\r\n${body()}`],
    ['a chunk that is longer than it says', () => head('Transfer-Encoding: chunked') + `4\r\n${body()}\r\n0\r\n\r\n`],
    ['a NUL in a header', () => head('X-A: \0') + whole()],
    [
      'a bare line feed in the head',
      () => `POST ${service.path} HTTP/1.1\nHost: x\nContent-Length: 0\nTransfer-Encoding: chunked\n\n`,
    ],
    ['another version', () => whole().replace('HTTP/1.1', 'HTTP/9.9')],
    ['no HTTP', () => `\x16\x03\x01\x02\x00${'x'.repeat(100)}\r\n\r\n`],
  ];
  test.each(smuggled)('%s', async (_what, bytes) => {
    const [before, base] = [served, sockets()];
    const answer = await exchange(bytes());
    expect(statuses(answer).every((status) => status >= 400)).toBe(true);
    expect(served).toBe(before);
    await backTo(base);
  });

  test('a message longer than its length: what is left over is no request', async () => {
    const text = signed();
    const before = served;
    const answer = await exchange(head(`Content-Length: ${text.length - 10}`) + text, { answers: 2 });
    expect(statuses(answer).every((status) => status >= 400)).toBe(true);
    expect(served).toBe(before);
  });

  test('a message shorter than its length ends with the connection', async () => {
    const text = signed();
    const [before, base] = [served, sockets()];
    await exchange(head(`Content-Length: ${text.length + 10}`) + text, { end: true });
    expect(served).toBe(before);
    await backTo(base);
  });

  test('requests one behind the other are answered one after the other, each for itself', async () => {
    const before = served;
    const tampered = signed().replace('EucalyptusNC#ncPowerDown</', 'EucalyptusNC#ncPowerDowm</');
    const answer = await exchange(whole() + whole() + whole(tampered, 'Connection: close'), { answers: 9 });
    expect(statuses(answer)).toEqual([200, 200, 500]);
    expect(served).toBe(before + 2);
  });

  test('trailers of a chunked body are not headers', async () => {
    const text = signed();
    const trailers = 'SOAPAction: "EucalyptusNC#ncTerminateInstance"\r\nContent-Encoding: gzip\r\nX-A: b\r\n\r\n';
    const bytes = `${head('Transfer-Encoding: chunked', 'Trailer: SOAPAction')}${chunk(text.slice(0, 100))}${chunk(text.slice(100))}0\r\n${trailers}`;
    expect(statuses(await exchange(bytes))).toEqual([200]);
    expect(statuses(await exchange(bytes.replace('X-A: b', 'Content-Length: 5')))).not.toContain(200);
  });

  test('Expect: 100-continue is answered, another expectation means nothing', async () => {
    const text = signed();
    expect(statuses(await exchange(whole(text, 'Expect: 100-continue')))).toEqual([100, 200]);
    expect(statuses(await exchange(whole(signed(), 'Expect: 200-maybe', 'Connection: close')))).toEqual([200]);
  });

  test('Expect: 100-continue with a length that is too large is refused before the body', async () => {
    const answer = await exchange(head(`Content-Length: ${MAXIMUM + 1}`, 'Expect: 100-continue'));
    expect(code(answer)).toBe('Wire.LimitExceeded');
  });
});

describe('sizes', () => {
  test('a head of more than 16 KiB is refused', async () => {
    const answer = await exchange(head(`X-A: ${'x'.repeat(20_000)}`));
    expect(statuses(answer)).toEqual([431]);
  });

  test('a head without end is refused', async () => {
    const answer = await exchange(`POST ${service.path} HTTP/1.1\r\n${'X-A: b\r\n'.repeat(50_000)}`);
    expect(statuses(answer)).toEqual([431]);
  });

  test('a body that says it is too large is refused before it is read', async () => {
    const answer = await exchange(head('Content-Length: 1000000000'));
    expect([statuses(answer), code(answer)]).toEqual([[500], 'Wire.LimitExceeded']);
  });

  test('a body in chunks is refused where it becomes too large, with an answer', async () => {
    const base = sockets();
    const answer = await exchange(head('Transfer-Encoding: chunked') + chunk('x'.repeat(MAXIMUM + 1)));
    expect([statuses(answer), code(answer)]).toEqual([[500], 'Wire.LimitExceeded']);
    await backTo(base);
  });

  test('a body at the limit is read', async () => {
    const answer = await exchange(head(`Content-Length: ${MAXIMUM}`) + ' '.repeat(MAXIMUM));
    expect(code(answer)).toBe('Wire.MalformedXml');
  });

  test.each(['gzip', 'deflate', 'br', 'x-gzip', 'gzip, gzip'])(
    'a body packed with %s is refused, not unpacked',
    async (coding) => {
      const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20));
      expect(bomb.length).toBeLessThan(MAXIMUM);
      const before = process.memoryUsage().rss;
      const bytes = Buffer.concat([
        Buffer.from(head(`Content-Length: ${bomb.length}`, `Content-Encoding: ${coding}`)),
        bomb,
      ]);
      const answer = await exchange(bytes);
      expect([statuses(answer), code(answer)]).toEqual([[500], 'Wire.MalformedMessage']);
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    },
  );

  test('a packed body that does not say so is no XML', async () => {
    const packed = gzipSync(signed());
    const answer = await exchange(Buffer.concat([Buffer.from(head(`Content-Length: ${packed.length}`)), packed]));
    expect(code(answer)).toBe('Wire.MalformedXml');
  });
});

describe('clients that are slow or gone: their connections end, and nothing of them stays', () => {
  /** Opens many connections, does something on each, and waits for the server to close them all. */
  async function crowd(count: number, begin: (socket: Socket) => void): Promise<string[]> {
    const base = sockets();
    const answers = await Promise.all(
      Array.from({ length: count }, () => {
        const socket = connect(impatientPort, '127.0.0.1');
        let answer = '';
        socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
        socket.on('error', () => undefined).once('connect', () => begin(socket));
        return new Promise<string>((resolve) => socket.on('close', () => resolve(answer)));
      }),
    );
    await backTo(base);
    await healthy();
    return answers;
  }

  test('slowloris: heads that never end', async () => {
    const answers = await crowd(50, (socket) => {
      socket.write(`POST ${service.path} HTTP/1.1\r\n`);
      const timer = setInterval(() => socket.write('X-A: b\r\n'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    // A client that is still writing when the server closes may miss the answer.
    expect(answers.filter((answer) => !/^(HTTP\/1.1 408 |$)/.test(answer))).toEqual([]);
  });

  test('clients that never close their half of a connection', async () => {
    const base = sockets();
    const clients = Array.from({ length: 20 }, (_, index) => {
      const socket = connect({ port: impatientPort, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => undefined).resume();
      socket.write(
        ['POST / HTTP/1.1\r\n', 'no HTTP\r\n\r\n', head('Content-Length: 100'), whole('x', 'Connection: close')][
          index % 4
        ]!,
      );
      return socket;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    // Their ends are left; those of the server are gone.
    await backTo(base + clients.length);
    for (const socket of clients) socket.destroy();
    await backTo(base);
    await healthy();
  });

  test('connections that say nothing', async () => {
    expect(await crowd(50, () => undefined)).toHaveLength(50);
  });

  test('bodies that come drop by drop', async () => {
    const answers = await crowd(30, (socket) => {
      socket.write(head('Content-Length: 5000'));
      const timer = setInterval(() => socket.write(' '), 50);
      socket.on('close', () => clearInterval(timer));
    });
    expect(answers.map(code).filter((one) => one !== 'Wire.RequestTimeout' && one !== undefined)).toEqual([]);
    expect(answers.map(code)).toContain('Wire.RequestTimeout');
  });

  test('bodies in chunks that never end', async () => {
    const answers = await crowd(30, (socket) => {
      socket.write(head('Transfer-Encoding: chunked'));
      const timer = setInterval(() => socket.write(chunk(' ')), 50);
      socket.on('close', () => clearInterval(timer));
    });
    expect(answers.map(code).filter((one) => one !== 'Wire.RequestTimeout' && one !== undefined)).toEqual([]);
    expect(answers.map(code)).toContain('Wire.RequestTimeout');
  });

  test('clients that leave within the head, within the body, and before the answer', async () => {
    const base = sockets();
    const text = whole();
    for (let at = 10; at < text.length; at += Math.floor(text.length / 60)) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        socket.once('connect', () =>
          socket.write(text.slice(0, at), () => (at % 2 === 0 ? socket.resetAndDestroy() : socket.destroy())),
        );
        socket.on('close', () => resolve());
      });
    }
    for (let round = 0; round < 20; round += 1) {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.once('connect', () => socket.write(whole(), () => socket.destroy()));
      await new Promise((resolve) => socket.on('close', resolve));
    }
    await backTo(base);
    await healthy();
  });

  test('clients that do not read their answers', async () => {
    const base = sockets();
    const deaf = Array.from({ length: 20 }, () => {
      const socket = connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .pause();
      socket.write(whole() + whole() + whole());
      return socket;
    });
    await healthy();
    for (const socket of deaf) socket.destroy();
    await backTo(base);
  });
});
