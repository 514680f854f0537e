import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadIdentity, MessageSigner } from '@mallee/ws-security';
import { describeReply, REQUEST_ID } from './payload.mjs';

/** How far the memory of a process of its own rises at most while it reads a long reply and verifies it, the message itself included. */
export function measureMemory(peer, quick) {
  const { text } = new MessageSigner({ identity: loadIdentity(peer) }).sign(describeReply(10_000_000));
  const small = new MessageSigner({ identity: loadIdentity(peer) }).sign(describeReply(20_000));
  const folder = mkdtempSync(join(tmpdir(), 'bench-wire-'));
  const runs = [];
  try {
    writeFileSync(join(folder, 'large.xml'), text);
    writeFileSync(join(folder, 'small.xml'), small.text);
    writeFileSync(join(folder, 'peer.pem'), peer.certificatePem);
    for (let run = 0; run < (quick ? 1 : 5); run += 1) runs.push(measureOnce(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
  runs.sort((left, right) => left - right);
  const rise = runs[Math.floor(runs.length / 2)];
  return {
    figure: 'memory while verifying a 10 MB reply / the message',
    unit: 'ratio',
    bar: 10,
    aim: 4,
    lowerIsBetter: true,
    digits: 2,
    value: rise / text.length,
    messageBytes: text.length,
    riseBytes: rise,
  };
}

function measureOnce(folder) {
  const child = fileURLToPath(new URL('./memory-child.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', child, folder, REQUEST_ID]);
  if (status !== 0) throw new Error(`the measuring process failed: ${stderr}`);
  return Number(stdout);
}
