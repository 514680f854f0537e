// First byte of a decrypted image against `openssl enc -d | gunzip` of the same parts, in one run on one machine; one JSON line.
// Build first: npx tsc -b services/walrus. `--mib N` sets the size of the image, `--rounds N` the number of pairs.
//
// What is compared: ours is the time from the request of a node for an image that is in no cache to the first byte of the answer, which
// Walrus sends when the whole image is on its disk and signature, part digests, sizes, archive digest and content are verified. The
// peer is openssl and gunzip in a pipe from the parts to a file, with nothing verified. value = time of the peer / time of ours.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { signEuca2Rest } from '@mallee/aws-signatures';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import { bundleImage, parseManifest, recoverKey } from '@mallee/image-bundle';
import { startWalrus } from '../../test/conformance/s3/walrus.mjs';

const { values } = parseArgs({
  options: { mib: { type: 'string', default: '256' }, rounds: { type: 'string', default: '5' } },
});
const MIB = 1024 * 1024;
const size = Number(values.mib) * MIB;
const rounds = Number(values.rounds);
const account = {
  accessKeyId: 'AKIABENCH',
  secretKey: 'secret',
  accountId: '1'.repeat(12),
  canonicalId: '1'.repeat(64),
  displayName: 'bench',
  userId: 'AIDABENCH',
};

const scratch = mkdtempSync(join(tmpdir(), 'bench-image-'));
const at = (name) => join(scratch, name);
const { privateKeyPem } = await generateKeyPair();
const node = { privateKeyPem, certificatePem: createSelfSignedCertificate({ privateKeyPem, commonName: 'node' }) };
writeFileSync(at('node.pem'), node.certificatePem);
writeImage(at('disk'));
const walrus = await startWalrus({ accounts: [account], more: { trust: { node: [at('node.pem')] } } });
try {
  const s3 = new S3Client({
    endpoint: `http://127.0.0.1:${walrus.port}`,
    region: 'mallee',
    forcePathStyle: true,
    credentials: { accessKeyId: account.accessKeyId, secretAccessKey: account.secretKey },
  });
  await s3.send(new CreateBucketCommand({ Bucket: 'images' }));
  const ours = [];
  const peers = [];
  for (let round = 0; round < rounds; round++) {
    // A bundle of its own each time: what was decrypted once is in the cache.
    const bundle = await upload(s3, `image${round}`);
    const pair = [() => measurePeer(bundle), () => measureOurs(bundle)];
    if (round % 2 === 1) pair.reverse();
    for (const measure of pair) (measure === pair[round % 2] ? peers : ours).push(await measure());
  }
  s3.destroy();
  const [peer, mine] = [median(peers), median(ours)];
  console.log(
    JSON.stringify({
      figure: 'image-first-byte',
      value: Number((peer / mine).toFixed(3)),
      unit: 'time of openssl|gunzip / time to the first byte',
      bar: 0.7,
      aim: 0.9,
      seconds: Number(mine.toFixed(3)),
      peerSeconds: Number(peer.toFixed(3)),
      mibPerSecond: Number((size / MIB / mine).toFixed(1)),
      rounds,
      mib: size / MIB,
    }),
  );
} finally {
  await walrus.stop();
  rmSync(scratch, { recursive: true, force: true });
}

/** Three quarters program text, as systems hold it, and a quarter of zeros. */
function writeImage(path) {
  const text = readFileSync(process.execPath);
  const file = openSync(path, 'w');
  for (let position = 0; position < size * 0.75; position += text.length) {
    writeSync(file, text, 0, Math.min(text.length, Math.ceil(size * 0.75) - position), position);
  }
  writeSync(file, Buffer.alloc(1), 0, 1, size - 1);
  closeSync(file);
}

async function upload(s3, name) {
  const image = {
    certificatePem: readFileSync(join(walrus.state, 'cert.pem'), 'utf8'),
    privateKeyPem: readFileSync(join(walrus.state, 'key.pem'), 'utf8'),
  };
  const parts = openSync(at(`${name}.parts`), 'w');
  const { manifest: bytes } = await bundleImage({
    source: at('disk'),
    kind: 'machine',
    name,
    accountId: account.accountId,
    userCertificatePem: image.certificatePem,
    userPrivateKeyPem: image.privateKeyPem,
    cloudCertificatePem: image.certificatePem,
    output: async (Key, Body) => {
      if (!Key.endsWith('.xml')) writeSync(parts, Body);
      await s3.send(new PutObjectCommand({ Bucket: 'images', Key, Body }));
    },
  });
  closeSync(parts);
  return { name, key: recoverKey(parseManifest(bytes), image.privateKeyPem) };
}

/** Seconds until both programs have ended. */
async function measurePeer({ name, key }) {
  spawnSync('sync');
  const [input, output] = [openSync(at(`${name}.parts`), 'r'), openSync(at('peer.out'), 'w')];
  const started = performance.now();
  const args = ['enc', '-d', '-aes-128-cbc', '-K', key.key.toString('hex'), '-iv', key.iv.toString('hex')];
  const openssl = spawn('openssl', args, { stdio: [input, 'pipe', 'inherit'] });
  // The end of the pipe itself is handed on, so that no byte passes through this process.
  const gunzip = spawn('gunzip', ['-c'], { stdio: [openssl.stdout, output, 'inherit'] });
  const statuses = await Promise.all([openssl, gunzip].map((child) => new Promise((done) => child.once('exit', done))));
  const seconds = (performance.now() - started) / 1000;
  for (const file of [input, output]) closeSync(file);
  if (statuses.some((status) => status !== 0)) throw new Error(`openssl and gunzip ended with ${statuses}`);
  return seconds;
}

/** Seconds until the first byte of the image; then the rest is read and compared with the image by its digest. */
async function measureOurs({ name }) {
  spawnSync('sync');
  const path = `/services/Walrus/images/${name}.manifest.xml`;
  const headers = { host: `127.0.0.1:${walrus.port}`, eucaoperation: 'GetDecryptedImage' };
  const signed = signEuca2Rest({ method: 'GET', rawPath: path, rawQuery: '', headers }, node, new Date());
  const started = performance.now();
  return await new Promise((resolve, reject) => {
    const outgoing = request({ port: walrus.port, path, headers: { ...headers, ...signed } }, (response) => {
      let seconds;
      const hash = createHash('sha256');
      response.on('data', (chunk) => {
        seconds ??= (performance.now() - started) / 1000;
        hash.update(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200 || hash.digest('hex') !== digestOf(at('disk')))
          reject(new Error(`answer ${response.statusCode} is not the image`));
        else resolve(seconds);
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function digestOf(path) {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(4 * MIB);
  for (let length; (length = readSync(file, buffer)) > 0;) hash.update(buffer.subarray(0, length));
  closeSync(file);
  return hash.digest('hex');
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}
