import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { splitCertificates } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import {
  announceKey,
  fingerprintsOf,
  finishKey,
  nextStage,
  prepareKey,
  readJoinRecord,
  rotationStages,
  switchKey,
  type JoinRecord,
  type RegisteredComponent,
  type RotationStage,
} from '@mallee/joining';
import { loadDaemonConfig, type DaemonConfig } from '../keys/daemon-config.js';
import { say } from '../progress.js';

interface RotateOptions {
  config: string;
  stage?: RotationStage;
  overlap: number;
}

/** Longer than anyone takes to read a changed file or table again. */
const DEFAULT_OVERLAP_SECONDS = 15;

export function defineKeysRotate(keys: Command): void {
  keys
    .command('rotate')
    .description('give a running daemon a new key, without an interruption')
    .requiredOption('--config <file>', 'configuration of the daemon')
    .addOption(
      new Option('--stage <stage>', 'do this one only (default: a node does all, others the next)').choices(
        rotationStages,
      ),
    )
    .option('--overlap <seconds>', 'between the stages', seconds, DEFAULT_OVERLAP_SECONDS)
    .addHelpText(
      'after',
      '\nprepare: the new key lies beside the old and its certificate is made known. switch: the daemon signs with it.' +
        '\nfinish: the old key is deleted. What joined with a token tells the endpoint where it joined by itself; every' +
        '\nother peer needs mallee keys trust after prepare, and with --remove after finish.',
    )
    .action(rotate);
}

async function rotate({ config: file, stage, overlap }: RotateOptions): Promise<void> {
  const config = loadDaemonConfig(file);
  const record = readJoinRecord(join(dirname(config.file), 'join.json'));
  const joined = record?.stage === 'joined' ? record : undefined;
  // Only its cluster controller knows a node; everything else has peers that cannot be told from here.
  const alone = stage === undefined && joined?.role === 'node';
  const first = stage ?? nextStage(config.keys);
  for (const one of alone ? rotationStages.slice(rotationStages.indexOf(first)) : [first]) {
    await stages[one](config, joined);
    if (alone && one !== 'finish') {
      say(`waiting ${String(overlap)} s`);
      await sleep(overlap * 1000);
    }
  }
}

const stages: Readonly<Record<RotationStage, (config: DaemonConfig, joined: JoinRecord | undefined) => Promise<void>>> =
  {
    async prepare(config, joined) {
      const certificate = await prepareKey(config.keys);
      say(`the new certificate is ${certificate}`);
      if (joined !== undefined) await announce(config, joined, 'add');
      if (joined?.role !== 'node') {
        say(`next: on each peer, mallee keys trust --config ITS-CONFIG --beside OLD.pem --certificate NEW.pem`);
        say(`then: mallee keys rotate --config ${config.file} --stage switch`);
      }
    },
    async switch(config, joined) {
      await switchKey(config.keys);
      say(`${config.name} signs with the new key within a second`);
      if (joined?.role !== 'node') say(`next: mallee keys rotate --config ${config.file} --stage finish`);
    },
    async finish(config, joined) {
      const ready = nextStage(config.keys);
      if (ready !== 'finish') {
        throw new MalleeError('Keys.RotationOrder', `the next stage of this rotation is ${ready}`);
      }
      if (joined !== undefined) await announce(config, joined, 'retire');
      await finishKey(config.keys);
      say('the old key is deleted');
      if (joined?.role !== 'node')
        say('next: on each peer, mallee keys trust --config ITS-CONFIG --certificate OLD.pem --remove');
    },
  };

async function announce(config: DaemonConfig, joined: JoinRecord, step: 'add' | 'retire'): Promise<void> {
  const url = joined.urls[0];
  if (url === undefined || joined.name === undefined) return;
  // The endpoint shows the certificate of the token, or the one that its daemon has now, which is trusted here.
  const trusted = (config.trust[joined.role === 'node' ? 'cluster' : 'cloud'] ?? []).flatMap((file) =>
    splitCertificates(readFileSync(file, 'utf8')),
  );
  const { role, name, pin } = joined;
  const component: RegisteredComponent = { role, name, url, pins: [pin, ...fingerprintsOf(trusted)] };
  await announceKey(component, config.keys, step);
  say(`${url} was told`);
}

function seconds(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number of seconds');
}
