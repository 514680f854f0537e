import { signV4 } from '@mallee/aws-signatures';
import { startWalrus } from '../../test/conformance/s3/walrus.mjs';
import { startRadosgw } from '@mallee/private-services';

const holder = {
  accessKeyId: 'AKIABENCHBENCHBENCHB',
  secretKey: 'the/secret+of+the+benchmark+of+s3xxxxxxx',
  accountId: '111111111111',
  canonicalId: '1'.repeat(64),
  displayName: 'bench',
  userId: 'AIDABENCH',
  isAdmin: false,
};
const credentials = { accessKeyId: holder.accessKeyId, secretKey: holder.secretKey };

/** A fresh Walrus with one empty bucket; PostgreSQL and objects are as durable as in a cloud. */
export async function openWalrus() {
  const walrus = await startWalrus({ accounts: [holder], daySeconds: 86_400 });
  return await withBucket({ ...walrus, credentials });
}

/** The same of a radosgw, or a text that says why there is none. */
export async function openRadosgw() {
  const radosgw = await startRadosgw(credentials);
  return typeof radosgw === 'string' ? radosgw : await withBucket({ ...radosgw, credentials });
}

async function withBucket(store) {
  const bucket = 'bench';
  const host = `127.0.0.1:${store.port}`;
  const request = { method: 'PUT', rawPath: `/${bucket}`, rawQuery: '', headers: { host } };
  const headers = signV4({ ...request, region: 'us-east-1', service: 's3' }, credentials, new Date());
  const answer = await fetch(`http://${host}/${bucket}`, { method: 'PUT', headers });
  if (answer.status !== 200) throw new Error(await answer.text());
  return { ...store, bucket };
}
