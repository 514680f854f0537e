const interactive = process.stderr.isTTY;

/** Shows what is being done, and how long it took when that was over a second. Output goes to standard error. */
export async function step<T>(what: string, run: (update: (detail: string) => void) => Promise<T>): Promise<T> {
  const started = Date.now();
  let detail = '';
  const draw = (): void => {
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    process.stderr.write(`\r\x1b[K  … ${what}${detail === '' ? '' : `: ${detail}`} (${seconds} s)`);
  };
  const timer = interactive ? setInterval(draw, 250) : undefined;
  if (interactive) draw();
  try {
    const result = await run((text) => (detail = text));
    finish('✓', what, started);
    return result;
  } catch (error) {
    finish('✗', what, started);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** One line for people. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** One line for people beside the output. */
export function note(text: string): void {
  process.stderr.write(`  ! ${text}\n`);
}

function finish(mark: string, what: string, started: number): void {
  const milliseconds = Date.now() - started;
  const time = milliseconds >= 1000 ? ` (${(milliseconds / 1000).toFixed(1)} s)` : '';
  process.stderr.write(`${interactive ? '\r\x1b[K' : ''}  ${mark} ${what}${time}\n`);
}
