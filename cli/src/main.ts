#!/usr/bin/env node
import { toMalleeError } from '@mallee/errors';
import { Command } from 'commander';
import { defineConfigure } from './commands/configure.js';
import { defineDemo } from './commands/demo.js';
import { defineDown } from './commands/down.js';
import { defineLogs } from './commands/logs.js';
import { defineRegister } from './commands/register.js';
import { defineReset } from './commands/reset.js';
import { defineStatus } from './commands/status.js';
import { defineUp } from './commands/up.js';

// The SDK's documented switch: its advice on Node.js versions to come is for developers of this tree, not for its users.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

// `mallee logs | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const program = new Command('mallee').description('A small self-hosted EC2 + S3 cloud.').showHelpAfterError();

for (const define of [
  defineUp,
  defineDemo,
  defineStatus,
  defineLogs,
  defineDown,
  defineReset,
  defineConfigure,
  defineRegister,
])
  define(program);
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
  const typed = toMalleeError(error);
  process.stderr.write(`mallee: ${typed.code}: ${typed.message}\n`);
  if (typed.tried !== undefined) process.stderr.write(`  tried: ${typed.tried}\n`);
  process.stderr.write(`  what to do: ${typed.remedy}\n`);
  if (typed.code === 'InternalError' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
