import { describe, expect, it } from '@jest/globals';
import { MalleeError } from '@mallee/errors';
import { newInstance } from '../instances/lifecycle.js';
import { exampleLaunch, quietLogger } from '../test-support/examples.js';
import type { LaunchContext, LaunchHook } from './hook.js';
import { runHooks, undoHooks } from './run-hooks.js';

describe('launch hooks', () => {
  const log: string[] = [];
  const abort = new AbortController();
  const context: LaunchContext = {
    record: () => newInstance(exampleLaunch(), new Date()),
    save: () => Promise.resolve(),
    signal: abort.signal,
    logger: quietLogger(),
  };
  const hook = (name: string, failing: 'prerun' | 'undo' | undefined = undefined): LaunchHook => {
    const step = (what: 'prerun' | 'undo') => () => {
      log.push(`${what} ${name}`);
      return failing === what ? Promise.reject(new MalleeError('Node.DiskFailed', 'no room')) : Promise.resolve();
    };
    return { name, prerun: step('prerun'), undo: step('undo') };
  };

  it('run in order up to the first failure, which is named', async () => {
    log.length = 0;
    const run = runHooks([hook('a'), hook('b', 'prerun'), hook('c')], context);
    await expect(run).rejects.toMatchObject({ code: 'Node.DiskFailed', message: 'b: no room' });
    expect(log).toEqual(['prerun a', 'prerun b']);
  });

  it('are undone last first, and one failure does not keep the others', async () => {
    log.length = 0;
    await expect(undoHooks([hook('a'), hook('b', 'undo'), hook('domain')], context)).rejects.toThrow('no room');
    expect(log).toEqual(['undo domain', 'undo b', 'undo a']);
  });

  it('take nothing away from a domain that cannot be ended', async () => {
    log.length = 0;
    await expect(undoHooks([hook('a'), hook('domain', 'undo')], context)).rejects.toThrow('no room');
    expect(log).toEqual(['undo domain']);
  });

  it('stop between steps when the launch is cancelled', async () => {
    log.length = 0;
    abort.abort();
    await expect(runHooks([hook('a')], context)).rejects.toThrow();
    expect(log).toEqual([]);
  });
});
