import { describe, expect, it } from '@jest/globals';
import { runCommand, runCommandForBytes } from './run-command.js';
import { tryCommand } from './try-command.js';

describe('running a program', () => {
  it('passes arguments as they are and reads standard input', async () => {
    expect(await runCommand('printf', ['%s|', '$HOME; `id`', 'a b'])).toBe('$HOME; `id`|a b|');
    expect(await runCommand('cat', [], { input: 'text' })).toBe('text');
    expect(await runCommand('cat', [])).toBe('');
    expect(await runCommandForBytes('printf', ['\\377\\000'])).toEqual(Buffer.from([255, 0]));
  });

  it('keeps what the program said on failure', async () => {
    await expect(runCommand('ls', ['/nonexistent'])).rejects.toMatchObject({
      code: 'Platform.CommandFailed',
      tried: 'ls /nonexistent',
      message: expect.stringMatching(/^ls ended with status 2: .*No such file/),
      details: { exitCode: 2, stderr: expect.stringContaining('No such file') },
    });
    expect(await tryCommand('ls', ['/nonexistent'])).toMatchObject({ exitCode: 2, signal: null });
  });

  it('tells a missing program from a missing directory', async () => {
    await expect(runCommand('mallee-no-such-program', [])).rejects.toMatchObject({ code: 'Platform.ProgramMissing' });
    const elsewhere = runCommand('true', [], { cwd: '/nonexistent' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'Platform.CommandFailed' });
  });

  it('refuses an argument with a zero byte', async () => {
    await expect(runCommand('true', ['a\0b'])).rejects.toMatchObject({ code: 'Platform.CommandFailed' });
  });

  it('runs with the environment and directory given, messages in English', async () => {
    const output = await runCommand('env', [], { env: { MALLEE_TEST: '1' } });
    expect(output.split('\n')).toEqual(expect.arrayContaining(['MALLEE_TEST=1', 'LC_ALL=C']));
    expect(await runCommand('pwd', [], { cwd: '/usr' })).toBe('/usr\n');
  });

  it('takes no harm from a program that does not read its input', async () => {
    expect(await runCommand('true', [], { input: 'x'.repeat(1_000_000) })).toBe('');
  });

  it('kills a program that takes too long, whoever holds its output', async () => {
    await expect(runCommand('sleep', ['60'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'Platform.Timeout' });
    const grandchild = 'require("child_process").spawn("sleep", ["15"], { stdio: "inherit" })';
    for (const then of ['.on("spawn", () => process.exit())', '']) {
      const started = Date.now();
      const parent = runCommand(process.execPath, ['-e', grandchild + then], { timeoutMs: 2_000 });
      await expect(parent).rejects.toMatchObject({ code: 'Platform.Timeout' });
      expect(Date.now() - started).toBeLessThan(14_000);
    }
  });

  it('ends with the signal', async () => {
    const signal = AbortSignal.timeout(50);
    await expect(runCommand('sleep', ['60'], { signal })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(runCommand('true', [], { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('bounds the output', async () => {
    const flood = runCommand('cat', ['/dev/zero'], { maxOutputBytes: 1000 });
    await expect(flood).rejects.toMatchObject({
      code: 'Platform.CommandFailed',
      message: expect.stringContaining('1000'),
    });
    expect(await runCommand('printf', ['%s', 'x'.repeat(1000)], { maxOutputBytes: 1000 })).toHaveLength(1000);
  });

  it('does not wait for a server that the program leaves behind', async () => {
    const script =
      'require("child_process").spawn("sleep", ["15"], { stdio: "inherit", detached: true }).unref(); console.log(1)';
    const started = Date.now();
    expect(await runCommand(process.execPath, ['-e', script], { leavesServer: true })).toBe('1\n');
    expect(Date.now() - started).toBeLessThan(14_000);
  });
});
