import { describe, expect, it } from '@jest/globals';
import { runCommand } from './command.js';

describe('running a program', () => {
  it('passes arguments as they are and reads standard input', async () => {
    expect((await runCommand('printf', ['%s|', '$HOME; `id`', 'a b'])).stdout).toBe('$HOME; `id`|a b|');
    expect((await runCommand('cat', [], { input: 'text' })).stdout).toBe('text');
  });

  it('keeps what the program said on failure', async () => {
    await expect(runCommand('ls', ['/nonexistent'])).rejects.toMatchObject({
      code: 'Platform.CommandFailed',
      details: { exitCode: 2, stderr: expect.stringContaining('No such file') },
    });
  });

  it('tells a missing program', async () => {
    await expect(runCommand('mallee-no-such-program', [])).rejects.toMatchObject({ code: 'Platform.ProgramMissing' });
  });

  it('kills a program that takes too long', async () => {
    await expect(runCommand('sleep', ['60'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'Platform.Timeout' });
  });

  it('ends with the signal', async () => {
    const signal = AbortSignal.timeout(50);
    await expect(runCommand('sleep', ['60'], { signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
