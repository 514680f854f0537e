// Verifies large.xml of a folder and prints by how many bytes the peak of the resident memory rose.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageVerifier } from '@mallee/ws-security';

const [folder, requestId] = process.argv.slice(2);
const certificatePem = readFileSync(join(folder, 'peer.pem'), 'utf8');
const limits = { maxBytes: 16 * 1024 * 1024, maxElements: 1024 * 1024 };
const verifier = new MessageVerifier({ trusted: () => [certificatePem], limits });
const small = readFileSync(join(folder, 'small.xml'));
for (let count = 0; count < 200; count += 1) verifier.verifyReply(small, requestId);
globalThis.gc();
const before = process.memoryUsage().rss;
const message = readFileSync(join(folder, 'large.xml'));
const { payload } = verifier.verifyReply(message, requestId);
if (payload.children.length < 1000) throw new Error('not the reply that was meant');
// maxRSS is the highest the memory ever was, in KiB.
console.log(process.resourceUsage().maxRSS * 1024 - before);
