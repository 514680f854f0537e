import { connect } from 'node:net';

/**
 * One kept-open connection of a client that does as little as possible, so that the server is what is measured: requests are
 * bytes made before, bodies of answers are counted, not kept. Answers need a Content-Length.
 */
export class Connection {
  #socket;
  #head = '';
  #left = 0;
  #status = 0;
  #settle;

  static async open(port) {
    const connection = new Connection();
    await new Promise((resolve, reject) => {
      const onread = {
        buffer: Buffer.allocUnsafe(1024 * 1024),
        callback: (size, buffer) => connection.#read(size, buffer),
      };
      connection.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread }, resolve);
      connection.#socket.on('error', (error) => {
        reject(error);
        connection.#settle?.reject(error);
      });
      connection.#socket.on('close', () => connection.#settle?.reject(new Error('the server closed the connection')));
    });
    return connection;
  }

  /** Sends a request and waits for its answer; a status that is not 2xx throws. */
  async send(head, body) {
    const answered = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    if (body === undefined) this.#socket.write(head);
    else {
      this.#socket.cork();
      this.#socket.write(head);
      this.#socket.write(body);
      this.#socket.uncork();
    }
    await answered;
    this.#settle = undefined;
    if (this.#status < 200 || this.#status > 299) throw new Error(`status ${this.#status}: ${this.#head}`);
    this.#head = '';
  }

  close() {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #read(size, buffer) {
    if (this.#left > 0) this.#left -= size;
    else {
      this.#head += buffer.latin1Slice(0, size);
      const end = this.#head.indexOf('\r\n\r\n');
      if (end === -1) return true;
      this.#status = Number(this.#head.slice(9, 12));
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#head.slice(0, end + 2))?.[1] ?? 0);
      this.#left = length - (this.#head.length - end - 4);
    }
    if (this.#left === 0) this.#settle.resolve();
    return true;
  }
}
