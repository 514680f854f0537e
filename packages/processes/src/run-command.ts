import { MalleeError } from '@mallee/errors';
import { tryCommand, type CommandOptions } from './try-command.js';

const SHOWN_CHARACTERS = 4000;

/**
 * Like `tryCommand`, gives standard output as text and throws when the program fails.
 * @throws Platform.ProgramMissing, Platform.Timeout, Platform.CommandFailed (`details.exitCode`, `details.stderr`)
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return (await runCommandForBytes(program, args, options)).toString('utf8');
}

/** Like `runCommand`, for output that is not text. */
export async function runCommandForBytes(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Buffer> {
  const { exitCode, signal, stdout, stderr } = await tryCommand(program, args, options);
  if (exitCode === 0) return stdout;
  const how = exitCode === null ? `was ended by ${signal}` : `ended with status ${exitCode}`;
  const errors = shorten(stderr);
  throw new MalleeError('Platform.CommandFailed', `${program} ${how}: ${errors || shorten(stdout) || 'no message'}`, {
    tried: [program, ...args].join(' ').slice(0, 300),
    details: { program, args: args.slice(0, 20), exitCode, stderr: errors },
  });
}

/** The reason stands at the begin of what some programs say, and at the end of what others say. */
function shorten(output: Buffer): string {
  const text = output.toString('utf8').trim();
  if (text.length <= SHOWN_CHARACTERS) return text;
  return `${text.slice(0, SHOWN_CHARACTERS / 2)} ... ${text.slice(-SHOWN_CHARACTERS / 2)}`;
}
