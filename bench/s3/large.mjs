import { createHash } from 'node:crypto';
import { mkdirSync, openSync, rmSync, writeFileSync, writeSync, fdatasyncSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { takeTurns } from './load.mjs';
import { startNginx } from './nginx.mjs';

const MIB = 1024 * 1024;
const SIZE = 64 * MIB;
const OBJECTS = 4;
const each = (method, objects) => ({ method, prefix: 'large-', first: 0, count: objects, bytes: SIZE });

/** PUT of 64 MiB over one connection, beside the slower of MD5 and of writing a file of that size with fdatasync. */
export async function measureLargePut({ walrus, load, quick }) {
  const rounds = quick ? 1 : 4;
  const chunk = Buffer.alloc(MIB, 'mallee');
  await load.run(walrus, { ...each('PUT', OBJECTS), connections: 1 });
  let [md5, disk, ours] = [0, 0, 0];
  for (let round = 0; round < rounds; round += 1) {
    md5 += seconds(() => hash(chunk)) * OBJECTS;
    disk += seconds(() => write(join(walrus.state, 'limit'), chunk)) * OBJECTS;
    ours += (await load.run(walrus, { ...each('PUT', OBJECTS), connections: 1 })).seconds;
  }
  const total = (rounds * OBJECTS * SIZE) / MIB;
  return {
    figure: 'PUT 64 MiB / min(MD5 rate, disk write rate)',
    unit: 'ratio',
    bar: 0.6,
    aim: 0.85,
    lowerIsBetter: false,
    value: Math.max(md5, disk) / ours,
    mibPerSecond: Math.round(total / ours),
    md5MibPerSecond: Math.round(total / md5),
    diskMibPerSecond: Math.round(total / disk),
  };
}

/** GET of 64 MiB over one connection, beside nginx that serves a file of the same bytes by sendfile. */
export async function measureLargeGet({ walrus, load, quick }) {
  const line = {
    figure: 'GET 64 MiB / nginx serving the same file',
    unit: 'ratio',
    bar: 0.6,
    aim: 0.8,
    lowerIsBetter: false,
  };
  const files = join(walrus.state, 'files');
  mkdirSync(join(files, walrus.bucket), { recursive: true });
  const nginx = await startNginx(files);
  if (nginx === undefined) return { ...line, value: undefined, skipped: 'nginx is not installed' };
  try {
    for (let i = 0; i < OBJECTS; i += 1)
      writeFileSync(join(files, walrus.bucket, `large-${i}`), Buffer.alloc(SIZE, 'mallee'));
    const stores = [{ port: nginx.port, bucket: walrus.bucket }, walrus];
    const job = { ...each('GET', OBJECTS), connections: 1 };
    await takeTurns(load, stores, [job, job]);
    const jobs = Array.from({ length: quick ? 2 : 10 }, () => job);
    const [theirs, ours] = await takeTurns(load, stores, jobs);
    const total = (jobs.length * OBJECTS * SIZE) / MIB;
    return {
      ...line,
      value: theirs / ours,
      mibPerSecond: Math.round(total / ours),
      nginxMibPerSecond: Math.round(total / theirs),
    };
  } finally {
    await nginx.stop();
  }
}

function hash(chunk) {
  const md5 = createHash('md5');
  for (let done = 0; done < SIZE; done += chunk.length) md5.update(chunk);
  md5.digest();
}

function write(path, chunk) {
  const file = openSync(path, 'w');
  for (let done = 0; done < SIZE; done += chunk.length) writeSync(file, chunk);
  fdatasyncSync(file);
  closeSync(file);
  rmSync(path);
}

function seconds(task) {
  const started = process.hrtime.bigint();
  task();
  return Number(process.hrtime.bigint() - started) / 1e9;
}
