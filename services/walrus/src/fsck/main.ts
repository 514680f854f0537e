#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '@mallee/daemon';
import { createPool } from '@mallee/database';
import { toMalleeError } from '@mallee/errors';
import { walrusConfigSchema } from '../config.js';
import { claimStore } from '../storage/claim-store.js';
import { Keyring } from '../storage/encryption.js';
import { loadMasterKey } from '../storage/master-key.js';
import { openBlobStore } from '../storage/open-blob-store.js';
import { checkStore } from './check-store.js';
import { describeFinding, type CheckCounts, type Finding } from './findings.js';
import { repairStore } from './repair.js';

interface Report {
  readonly findings: readonly Finding[];
  /** What a repair left. */
  readonly left: readonly Finding[];
  readonly counts: CheckCounts;
}

async function check(config: string, content: boolean, repair: boolean): Promise<Report> {
  const settings = loadConfig(config, walrusConfigSchema);
  const { masterKeyFile = join(settings.stateDirectory, 'sse-master.key') } = settings;
  const keys = existsSync(masterKeyFile) ? new Keyring(await loadMasterKey(masterKeyFile)) : undefined;
  const blobs = await openBlobStore(settings);
  const pool = createPool(settings.databaseUrl, { schema: 'walrus', max: 4 });
  try {
    await claimStore(pool, blobs);
    const graceMs = settings.janitor.graceSeconds * 1000;
    const result = await checkStore({ pool, blobs, keys, content, graceMs });
    const left = repair ? await repairStore({ pool, blobs }, result) : result.findings;
    return { ...result, left };
  } finally {
    await pool.end();
  }
}

function printText({ findings, left, counts }: Report): void {
  const kept = new Set(left);
  const lines = findings.map((finding) => `${kept.has(finding) ? '' : 'repaired: '}${describeFinding(finding)}`);
  const { referenced, stored, contentsChecked, contentsNotCheckable } = counts;
  lines.push(
    `${referenced} blobs in use, ${stored} stored; contents checked ${contentsChecked}, not checkable ${contentsNotCheckable}`,
    `${findings.length} problems, ${findings.length - left.length} repaired`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

try {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      content: { type: 'boolean', default: false },
      repair: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.config === undefined) throw new Error('--config FILE is missing');
  const report = await check(values.config, values.content, values.repair);
  if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else printText(report);
  process.exitCode = report.left.length === 0 ? 0 : 1;
} catch (error) {
  const { code, message } = toMalleeError(error);
  process.stderr.write(`walrus fsck: ${code}: ${message}\n`);
  process.exitCode = 2;
}
