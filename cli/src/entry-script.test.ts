import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { Command } from 'commander';
import { commands } from './commands/index.js';

const script = join(import.meta.dirname, '../../mallee');

it('the help of the entry script names the commands that there are', () => {
  const program = new Command();
  for (const define of commands) define(program);
  const help = execFileSync(script, ['help'], { encoding: 'utf8' });
  const named = [...help.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name!);
  expect(named.sort()).toEqual([...program.commands.map((command) => command.name()), 'test'].sort());
});

/** Stand-ins that write down what they are called for, and make what the real ones make. */
const node = `#!/bin/sh
case "$1" in
  -p) echo 20; exit ;;
  *tsc) echo build >>"$LOG"; [ -z "\${BROKEN:-}" ] || exit 1; mkdir -p cli/dist; touch cli/dist/main.js ;;
  *) shift 2; echo "run $*" >>"$LOG" ;;
esac
`;
const npm = `#!/bin/sh
echo "npm $1" >>"$LOG"
rm -rf node_modules; mkdir -p node_modules/typescript; touch node_modules/.package-lock.json
`;

describe('a tree of sources', () => {
  let scratch: ScratchDirectory;
  const path = (...names: string[]): string => join(scratch.path, ...names);

  beforeEach(() => {
    scratch = scratchDirectory();
    for (const folder of ['bin', 'tree/cli/src', 'tree/packages', 'tree/services']) {
      mkdirSync(path(folder), { recursive: true });
    }
    copyFileSync(script, path('tree/mallee'));
    for (const file of ['package-lock.json', 'tsconfig.json', 'cli/src/main.ts']) writeFileSync(path('tree', file), '');
    for (const [name, text] of Object.entries({ node, npm })) {
      writeFileSync(path('bin', name), text);
      chmodSync(path('bin', name), 0o755);
    }
  });
  afterEach(() => scratch.remove());

  /** What the command made of it, and what was done for it. */
  function mallee(args: string[], more: Record<string, string> = {}) {
    const log = path('log');
    rmSync(log, { force: true });
    const env = { PATH: `${path('bin')}:${process.env['PATH'] ?? ''}`, LOG: log, ...more };
    const { status, stderr } = spawnSync(path('tree/mallee'), args, { env, encoding: 'utf8' });
    const done = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    return { status, stderr, done };
  }

  const edit = (file: string): void => {
    const later = Date.now() / 1000 + 5;
    writeFileSync(path('tree', file), 'edited');
    utimesSync(path('tree', file), later, later);
  };

  it.each(['soap', 'status', 'image', 'keys'])('is set up and built for the first command, here %s', (command) => {
    expect(mallee([command, 'x', '--flag']).done).toEqual(['npm ci', 'build', `run ${command} x --flag`]);
    expect(mallee([command]).done).toEqual([`run ${command}`]);
  });

  it('is built again after a change, and set up again when other packages are wanted', () => {
    mallee(['soap']);
    edit('cli/src/main.ts');
    expect(mallee(['soap']).done).toEqual(['build', 'run soap']);
    edit('package-lock.json');
    expect(mallee(['soap']).done).toEqual(['npm ci', 'build', 'run soap']);
  });

  it('that cannot be built is run as it was before, and not at all if it never was', () => {
    const broken = { BROKEN: 'yes' };
    expect(mallee(['down'], broken)).toMatchObject({ status: 1, done: ['npm ci', 'build'] });
    mallee(['down']);
    edit('cli/src/main.ts');
    expect(mallee(['down'], broken)).toMatchObject({ status: 0, done: ['build', 'run down'] });
    // What was not built is tried again.
    expect(mallee(['down']).done).toEqual(['build', 'run down']);
  });

  it('that was installed without a compiler stays as it is', () => {
    mallee(['soap']);
    rmSync(path('tree/node_modules/typescript'), { recursive: true });
    edit('cli/src/main.ts');
    expect(mallee(['soap']).done).toEqual(['run soap']);
  });

  it('is not touched for a command that there is not, nor for the list of commands', () => {
    for (const word of ['lunch', '.*', '--version', 'soap nc']) {
      const { status, stderr, done } = mallee([word]);
      expect({ status, done }).toEqual({ status: 2, done: [] });
      expect(stderr).toContain(`there is no command ${word}\nUsage:`);
    }
    for (const words of [[], ['help'], ['--help']]) expect(mallee(words)).toMatchObject({ status: 0, done: [] });
  });

  it('installs no Debian packages to explain a command', () => {
    writeFileSync(path('bin/apt-get'), '#!/bin/sh\necho apt-get >>"$LOG"; exit 1\n');
    chmodSync(path('bin/apt-get'), 0o755);
    expect(mallee(['up', '--help']).done).toEqual(['npm ci', 'build', 'run up --help']);
  });
});
