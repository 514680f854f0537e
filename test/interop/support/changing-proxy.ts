import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalServer {
  readonly url: string;
  readonly close: () => void;
}

/** Someone in the middle: passes requests on to `target` and changes the replies. */
export async function changingProxy(target: string, change: (reply: string) => string): Promise<LocalServer> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const headers = { 'content-type': 'text/xml', soapaction: String(request.headers['soapaction']) };
      const answer = await fetch(target, { method: 'POST', headers, body: Buffer.concat(chunks) });
      const text = change(await answer.text());
      response.writeHead(answer.status, { 'content-type': 'text/xml;charset=UTF-8', connection: 'close' });
      response.end(text);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${new URL(target).pathname}`;
  return { url, close: () => server.close() };
}
