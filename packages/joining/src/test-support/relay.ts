import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire that can be cut: after so many bytes from the server to the client. */
export class Relay {
  dropAnswersAfter = Infinity;
  readonly #server: Server;

  static async to(port: number): Promise<Relay> {
    const relay = new Relay(port);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  constructor(port: number) {
    this.#server = createServer((client) => this.#carry(client, connectTcp(port, '127.0.0.1')));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }

  #carry(client: Socket, server: Socket): void {
    let requestSize = 0;
    client.on('data', (chunk: Buffer) => {
      requestSize += chunk.length;
      server.write(chunk);
    });
    // The request is larger than what a handshake sends: what comes back after it is the answer.
    server.on('data', (chunk: Buffer) => {
      if (requestSize > this.dropAnswersAfter) client.destroy();
      else client.write(chunk);
    });
    client.on('close', () => server.end());
    server.on('close', () => client.end());
    client.on('error', () => undefined);
    server.on('error', () => undefined);
  }
}
