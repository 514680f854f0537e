import type { Argv, Exec, ExecOptions, ExecResult } from './exec.js';

export interface RecordedCommand {
  readonly argv: Argv;
  readonly input: string | undefined;
}

/** An Exec for tests: remembers every command and answers from the given function (default: success, no output). */
export class RecordingExec implements Exec {
  readonly commands: RecordedCommand[] = [];
  readonly #answer: (argv: Argv) => Partial<ExecResult> | undefined;

  constructor(answer: (argv: Argv) => Partial<ExecResult> | undefined = () => undefined) {
    this.#answer = answer;
  }

  /** The commands as text, one a line. */
  get lines(): string[] {
    return this.commands.map((command) => command.argv.join(' '));
  }

  run(argv: Argv, options: ExecOptions = {}): Promise<ExecResult> {
    this.commands.push({ argv, input: options.input });
    return Promise.resolve({ code: 0, stdout: '', stderr: '', ...this.#answer(argv) });
  }
}
