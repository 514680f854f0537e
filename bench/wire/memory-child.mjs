// Verifies large.xml of a folder and prints by how many bytes the peak of the resident memory rose.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageVerifier } from '@mallee/ws-security';

const [folder, requestId] = process.argv.slice(2);
const certificatePem = readFileSync(join(folder, 'peer.pem'), 'utf8');
const limits = { maxBytes: 16 * 1024 * 1024, maxElements: 1024 * 1024 };
const verifier = new MessageVerifier({ trusted: () => [certificatePem], limits });
const small = readFileSync(join(folder, 'small.xml'));
for (let count = 0; count < 200; count += 1) verifier.verifyReply(small, requestId);
globalThis.gc();
// The kernel forgets the peak so far (proc(5), clear_refs).
writeFileSync('/proc/self/clear_refs', '5');
const before = memory('VmRSS');
const message = readFileSync(join(folder, 'large.xml'));
const { payload } = verifier.verifyReply(message, requestId);
if (payload.children.length < 1000) throw new Error('not the reply that was meant');
console.log(memory('VmHWM') - before);

/** Bytes of a line of /proc/self/status, which counts in KiB. */
function memory(name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'latin1'))[1]) * 1024;
}
