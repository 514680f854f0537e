// The load, in a process of its own. It is sent { port, bucket, credentials, method, prefix, first, count, bytes, connections } and
// answers with { seconds, cpuSeconds } of the requests alone: they are signed before. Or { list: true, ... }: all pages of a bucket.
import { signV4 } from '@mallee/aws-signatures';
import { Connection } from './connection.mjs';

process.on('message', (job) => {
  const run = job.list === true ? listAll : requestMany;
  run(job).then(
    (result) => process.send(result),
    (error) => process.send({ error: String(error.stack) }),
  );
});
process.on('disconnect', () => process.exit());

async function requestMany({ port, connections, ...job }) {
  const body = job.method === 'PUT' ? Buffer.alloc(job.bytes, 'mallee') : undefined;
  const heads = Array.from({ length: job.count }, (_, i) => headOf(job, `${job.prefix}${job.first + i}`, port));
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  let next = 0;
  const worker = async (connection) => {
    while (next < heads.length) await connection.send(heads[next++], body);
  };
  const took = stopwatch();
  await Promise.all(open.map(worker));
  const result = took();
  for (const connection of open) connection.close();
  return result;
}

function headOf({ method, bucket, bytes, credentials }, key, port) {
  const rawPath = `/${bucket}/${key}`;
  const host = `127.0.0.1:${port}`;
  const signed = credentials === undefined ? {} : signedHeaders({ method, rawPath, rawQuery: '', host }, credentials);
  const headers = { host, ...signed, ...(method === 'PUT' ? { 'content-length': bytes } : {}) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${rawPath} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

function signedHeaders({ host, ...request }, credentials) {
  const payloadHash = 'UNSIGNED-PAYLOAD';
  return signV4(
    { ...request, headers: { host }, region: 'us-east-1', service: 's3', payloadHash },
    credentials,
    new Date(),
  );
}

async function listAll({ port, bucket, credentials }) {
  const host = `127.0.0.1:${port}`;
  const took = stopwatch();
  let keys = 0;
  for (let token; ;) {
    const rawQuery = `list-type=2${token === undefined ? '' : `&continuation-token=${encodeURIComponent(token)}`}`;
    const headers = signedHeaders({ method: 'GET', rawPath: `/${bucket}`, rawQuery, host }, credentials);
    const answer = await fetch(`http://${host}/${bucket}?${rawQuery}`, { headers });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(text);
    keys += text.split('<Contents>').length - 1;
    token = /<NextContinuationToken>([^<]+)</.exec(text)?.[1];
    if (token === undefined) return { ...took(), keys };
  }
}

function stopwatch() {
  const [started, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: Number(process.hrtime.bigint() - started) / 1e9, cpuSeconds: (user + system) / 1e6 };
  };
}
