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
