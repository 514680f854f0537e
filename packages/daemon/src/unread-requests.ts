import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * Bytes that are no HTTP end a connection. Node would answer them at once, even where the answer to the request before them is
 * still owed (a body longer than its Content-Length); here that answer goes out first, and the connection closes after it.
 */
export function answerBeforeClosing(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  const note = (request: IncomingMessage, response: ServerResponse): void => {
    answering.set(request.socket, response);
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.prependListener(event, note);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const owed = answering.get(socket);
    // A body that breaks off leaves no answer to wait for.
    const pending = owed !== undefined && owed.req.complete && !owed.writableEnded && !owed.destroyed;
    if (pending && error.code !== 'ECONNRESET') {
      owed.shouldKeepAlive = false;
      owed.once('finish', () => socket.end(() => socket.destroy()));
      return;
    }
    if (socket.writable && error.code !== 'ECONNRESET' && owed?.writableEnded !== false) {
      const status = statuses[error.code ?? ''] ?? '400 Bad Request';
      // Destroyed, too: a client that keeps its half open must not keep ours.
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
    } else socket.destroy(error);
  });
}
