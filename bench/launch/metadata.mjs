// Answers 169.254.169.254 for the bare guest, so that it does the same work as one in the cloud.
import { createServer } from 'node:http';

const values = {
  '/latest/meta-data/instance-id': 'i-00000000',
  '/latest/meta-data/local-ipv4': '10.0.2.15',
  '/latest/meta-data/public-keys/0/openssh-key': '',
  '/latest/user-data': '',
};

export async function startMetadata() {
  const server = createServer((request, response) => {
    if (request.method === 'PUT') return response.end('token');
    const value = values[request.url];
    if (value === undefined || value === '') return response.writeHead(404).end();
    response.end(value);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { command: `/bin/busybox nc 127.0.0.1 ${server.address().port}`, stop: () => server.close() };
}
