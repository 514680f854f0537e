// npm run conformance:s3 -- --suite DIR [--python PYTHON] [--report FILE] [--behind-radosgw] [-- PYTEST ARGUMENTS]
// Runs ceph/s3-tests, from a checkout DIR outside of the project, against a fresh Walrus and prints the counts. Build first. With
// --behind-radosgw that Walrus keeps its objects in a fresh radosgw.
// Exit status 0 says that the suite ran and Walrus outlived it, whatever the counts.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startRadosgw } from '@mallee/private-services';
import { accounts, suiteConfiguration } from './accounts.mjs';
import { startWalrus } from './walrus.mjs';

const LEFT_OUT = [
  'fails_on_aws',
  'lifecycle_transition',
  'cloud_transition',
  'cloud_restore',
  'sse_kms',
  's3select',
  'bucket_logging',
  'bucket_logging_cleanup',
];
const DAY_SECONDS = 10;

const { values, positionals } = parseArgs({
  options: {
    suite: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    report: { type: 'string' },
    'behind-radosgw': { type: 'boolean', default: false },
    serve: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
  },
  allowPositionals: true,
});
if (values.suite === undefined) {
  console.error('usage: npm run conformance:s3 -- --suite DIR [--python PYTHON] [--report FILE] [-- PYTEST ARGUMENTS]');
  process.exit(2);
}
const suite = resolve(values.suite);
// Older branches hold a set for boto 2 beside the one for boto3.
const folder = ['s3tests_boto3/functional', 's3tests/functional'].find((each) =>
  existsSync(join(suite, each, 'test_headers.py')),
);
const behind = values['behind-radosgw'] ? await openRadosgw() : undefined;
const more = behind === undefined ? {} : { storage: behind.storage };
const walrus = await startWalrus({ accounts, daySeconds: DAY_SECONDS, port: Number(values.port), more });
const configuration = join(walrus.state, 's3tests.conf');
writeFileSync(configuration, suiteConfiguration(walrus.port, DAY_SECONDS));
let outcome;
try {
  if (values.serve) {
    console.log(`S3TEST_CONF=${configuration} port ${walrus.port} log ${walrus.log}`);
    await new Promise((done) => process.once('SIGINT', done).once('SIGTERM', done));
  } else await runSuite();
} finally {
  const alive = walrus.isAlive();
  const ended = await walrus.stop();
  await behind?.stop();
  if (!alive || ended !== 0) {
    console.log(`walrus ended by itself or badly: ${ended}`);
    process.exitCode = 1;
  }
}
if (outcome !== undefined) console.log(outcome);

async function openRadosgw() {
  const { accessKeyId, secretKey } = accounts[0];
  const radosgw = await startRadosgw({ accessKeyId, secretKey });
  if (typeof radosgw === 'string') {
    console.error(radosgw);
    process.exit(1);
  }
  const endpoint = `http://127.0.0.1:${radosgw.port}`;
  const storage = { kind: 's3', endpoint, bucket: 'walrus', accessKeyId, secretAccessKey: secretKey };
  return { storage, stop: radosgw.stop };
}

async function runSuite() {
  const report = values.report === undefined ? join(walrus.state, 'report.xml') : resolve(values.report);
  const selected = positionals.length > 0 ? positionals : ['test_s3.py', 'test_headers.py'];
  const files = selected.map((each) => (/\.py(::|$)/.test(each) ? join(folder, each) : each));
  const marks = LEFT_OUT.map((mark) => `not ${mark}`).join(' and ');
  const args = ['-m', 'pytest', '-q', '--no-header', '--tb=line', '-p', 'no:cacheprovider', '-m', marks];
  const child = spawn(values.python, [...args, `--junitxml=${report}`, ...files], {
    cwd: suite,
    env: {
      ...process.env,
      S3TEST_CONF: configuration,
      AWS_EC2_METADATA_DISABLED: 'true',
      // Where awscrt happens to be installed it signs otherwise, and tests that meddle with requests fail inside of the client.
      BOTO_DISABLE_CRT: 'true',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const status = await new Promise((done) => child.once('exit', done));
  if (status > 1) process.exitCode = 1;
  if (existsSync(report)) outcome = counts(readFileSync(report, 'utf8'));
}

/** The line of counts of a JUnit report. A test whose clean-up fails counts as failed. */
function counts(xml) {
  const cases = [...xml.matchAll(/<testcase\b[^>]*?(\/>|>([\s\S]*?)<\/testcase>)/g)];
  const isSkipped = (body) => body.includes('<skipped');
  const isFailed = (body) => /<(failure|error)\b/.test(body);
  const bodies = cases.map((match) => match[2] ?? '');
  const failed = bodies.filter(isFailed).length;
  const skipped = bodies.filter((body) => isSkipped(body) && !isFailed(body)).length;
  const passed = bodies.length - failed - skipped;
  const share = ((100 * passed) / Math.max(1, passed + failed)).toFixed(1);
  return `S3 conformance: ${passed} passed, ${failed} failed, ${skipped} skipped (${share} % of those run)`;
}
