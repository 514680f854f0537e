import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIdentity, MessageSigner, MessageVerifier, ReplayCache } from '@mallee/ws-security';
import { cpuMicroseconds, times } from './measure.mjs';
import { launchMessage } from './payload.mjs';

const WSA = 'http://www.w3.org/2005/08/addressing';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const SIGNED = [`${WSA}:To`, `${WSA}:Action`, `${WSA}:MessageID`, `${WSU}:Timestamp`];
const IDS = [...SIGNED, 'http://schemas.xmlsoap.org/soap/envelope/:Body'].flatMap((name) => ['--id-attr:Id', name]);

const line = {
  figure: 'verify a 3 KB message, ours / xmlsec1 --repeat',
  unit: 'ratio',
  bar: 1.5,
  aim: 4,
  lowerIsBetter: false,
  digits: 2,
};

/**
 * Verifying beside xmlsec1, which is in C. Its own report leaves out reading the file, so the CPU time of the whole process counts, less
 * that of a process that verifies once. Ours includes the rules of the profile and the replay cache, which xmlsec1 does not know.
 */
export function measureXmlsec(peer, quick) {
  if (spawnSync('xmlsec1', ['--version']).status !== 0)
    return { ...line, value: undefined, skipped: 'xmlsec1 is not installed' };
  const folder = mkdtempSync(join(tmpdir(), 'bench-wire-'));
  try {
    const [file, certificate] = [join(folder, 'message.xml'), join(folder, 'peer.pem')];
    const signer = new MessageSigner({ identity: loadIdentity(peer) });
    writeFileSync(file, signer.sign(launchMessage).text);
    writeFileSync(certificate, peer.certificatePem);
    return { ...line, ...compare(peer, signer, file, certificate, quick) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compare(peer, signer, file, certificate, quick) {
  const rounds = quick ? 2 : 6;
  const [repeats, calls, warmUp] = [600, 600, 3000];
  const messages = Array.from({ length: rounds * calls + warmUp }, () => Buffer.from(signer.sign(launchMessage).text));
  const verifier = new MessageVerifier({ trusted: () => [peer.certificatePem], replayCache: new ReplayCache() });
  let next = 0;
  const verify = () => verifier.verifyRequest(messages[next++]);
  cpuMicroseconds(verify, warmUp);
  let [theirs, ours] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    theirs += runXmlsec(file, certificate, repeats) - runXmlsec(file, certificate, 1);
    ours += cpuMicroseconds(verify, calls);
  }
  return times(theirs / (rounds * (repeats - 1)), ours / (rounds * calls));
}

/** CPU microseconds of one run of xmlsec1. */
function runXmlsec(file, certificate, repeat) {
  const before = childMicroseconds();
  const key = ['--pubkey-cert-pem', certificate];
  const { status, stderr } = spawnSync('xmlsec1', ['--verify', '--repeat', String(repeat), ...key, ...IDS, file]);
  if (status !== 0) throw new Error(`xmlsec1 failed: ${stderr}`);
  return childMicroseconds() - before;
}

/** CPU time of the ended children of this process so far: the kernel counts it in hundredths of a second. */
function childMicroseconds() {
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}
