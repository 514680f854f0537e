import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { readCertificate, type ProfileName, type SuiteName } from '@mallee/ws-security';
import { readPem } from '../soap/call.js';
import { ending } from '../soap/ending.js';
import { exitCodes } from '../soap/exit-codes.js';
import { readMessageFile } from '../soap/message-file.js';
import { append, profileOption, SUITES } from '../soap/options.js';
import { usageError } from '../soap/usage-error.js';
import { describeVerdict, verdictLines, verifyMessage, type VerifyRules } from '../soap/verify-message.js';

interface VerifySettings {
  readonly profile: ProfileName;
  readonly trust?: readonly string[];
  readonly suite?: SuiteName;
  readonly ignoreTime?: boolean;
  readonly reply?: boolean;
  readonly request?: boolean;
  readonly relatesTo?: string;
  readonly json?: boolean;
}

export function defineSoapVerify(soap: Command): void {
  soap
    .command('verify')
    .description('verify messages as the daemons do; exit code 0 only if all are accepted')
    .argument('<file...>', 'SOAP envelopes, or whole HTTP messages as captured; - for standard input')
    .addOption(profileOption())
    .option('--trust <file>', 'PEM file of a certificate to accept; may be repeated', append)
    .addOption(new Option('--suite <suite>', 'accept only these algorithms (default: both)').choices(SUITES))
    .option('--ignore-time', 'accept messages of any age, such as captures')
    .addOption(
      new Option('--request', 'take the message for a request (default: what has no RelatesTo)').conflicts('reply'),
    )
    .option('--reply', 'take the message for a reply')
    .option('--relates-to <id>', 'MessageID of the request that a reply must answer (default: any)')
    .option('--json', 'one JSON object a message')
    .addHelpText(
      'after',
      '\nExit code: 0 all accepted, 1 a message was refused, 2 called wrongly. Replays cannot be told here.',
    )
    .action((files: string[], settings: VerifySettings) => ending(() => verifyFiles(files, settings)));
}

function verifyFiles(files: readonly string[], settings: VerifySettings): number {
  const { trust = [], profile, suite, ignoreTime = false, relatesTo } = settings;
  if (trust.length === 0) throw usageError('--trust names the certificate to accept');
  const kind = settings.reply === true || relatesTo !== undefined ? 'reply' : settings.request ? 'request' : undefined;
  const trusted = trust.map(readPem);
  // A file that holds no certificate is a mistake of the caller, not of a message.
  trusted.forEach((pem) => readCertificate(pem));
  const rules: VerifyRules = {
    profile,
    trusted,
    suites: suite === undefined ? SUITES : [suite],
    ignoreTime,
    kind,
    relatesTo,
  };
  let refused = false;
  for (const file of files) {
    const verdict = verifyMessage(readMessageFile(file), rules);
    refused ||= !verdict.accepted;
    const name = file === '-' ? 'message' : basename(file);
    const lines =
      settings.json === true ? [JSON.stringify({ file, ...describeVerdict(verdict) })] : verdictLines(name, verdict);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return refused ? exitCodes.failed : exitCodes.ok;
}
