import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { runCli } from '../test-support/run-cli.js';

let scratch: ScratchDirectory;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => scratch.remove());

test.each([[['status']], [['logs']], [['down']]])('%s where no cloud is says so, and what to do', async (words) => {
  const { code, stderr } = await runCli([...words, '--state', join(scratch.path, 'none')]);
  expect(code).toBe(1);
  expect(stderr).toContain(`Platform.NoCloud: there is no cloud in ${join(scratch.path, 'none')}\n`);
  expect(stderr).toContain('./mallee up');
});

test.each([
  [['join', 'token', 'list']],
  [['join', 'list']],
  [['join', 'remove', 'nc-1']],
  [['keys', 'rotate']],
  [['keys', 'trust', '--certificate', 'x.pem', '--remove']],
])('%s without the configuration of a daemon says where it may be', async (words) => {
  const file = join(scratch.path, 'none.json');
  const { code, stderr } = await runCli([...words, '--config', file]);
  expect(code).toBe(1);
  expect(stderr).toContain(`Command.Invalid: there is no ${file}; --config names`);
});

test('the log of a daemon that there is not is an error, not nothing', async () => {
  mkdirSync(join(scratch.path, 'cloud/log'), { recursive: true });
  writeFileSync(
    join(scratch.path, 'cloud/cloud.json'),
    JSON.stringify({ stateDirectory: join(scratch.path, 'cloud') }),
  );
  for (const name of ['nc', 'cc']) writeFileSync(join(scratch.path, `cloud/log/${name}.log`), `{"time":"${name}"}\n`);
  const logs = (daemon: string) => runCli(['logs', daemon, '--json', '--state', join(scratch.path, 'cloud')]);
  expect(await logs('cc')).toMatchObject({ code: 0, stdout: '{"time":"cc"}\n' });
  const wrong = await logs('dc');
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain('no daemon dc has written there, only: cc, nc');
});
