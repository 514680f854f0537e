#!/usr/bin/env node
import { Command } from 'commander';
import { reportError } from './report-error.js';

// The SDK's documented switch: its advice on Node.js versions to come is for developers of this tree, not for its users.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

// `mallee logs | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const program = new Command('mallee').description('A small self-hosted EC2 + S3 cloud.').showHelpAfterError();

// The SOAP client is called again and again while something is looked into: it starts without loading all the rest.
const definitions =
  process.argv[2] === 'soap'
    ? [(await import('./commands/soap.js')).defineSoap]
    : (await import('./commands/index.js')).commands;
for (const define of definitions) define(program);
program.command('test').description('set up everything and run every test (handled by the entry script)');

// At a turn of the event loop, so never between the start of a process and the note of its pid.
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    process.stderr.write('\nmallee: interrupted; the same command goes on from here\n');
    process.exit(status);
  });
}

try {
  await program.parseAsync();
} catch (error) {
  reportError(error);
  process.exitCode = 1;
}
