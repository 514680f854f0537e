// What signed messages cost: six figures, one JSON line each. Build first: npx tsc -b. `--quick` takes seconds and is less exact.
import { identity } from './identity.mjs';
import { measureDescribeReply } from './describe-reply.mjs';
import { measureMemory } from './memory.mjs';
import { measureRoundTrip } from './round-trip.mjs';
import { measureSigning, measureVerifying } from './rsa.mjs';
import { measureXmlsec } from './xmlsec.mjs';

const quick = process.argv.includes('--quick');
const peer = await identity('bench');

for (const measure of [
  measureSigning,
  measureVerifying,
  measureXmlsec,
  measureDescribeReply,
  measureRoundTrip,
  measureMemory,
]) {
  const { value, digits = 3, ...line } = await measure(peer, quick);
  console.log(JSON.stringify({ ...line, value: typeof value === 'number' ? Number(value.toFixed(digits)) : null }));
}
