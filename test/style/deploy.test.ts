import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '@mallee/processes';

const top = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(top, file), 'utf8');
const daemons = ['clc', 'walrus', 'sc', 'cc', 'nc'];

/** The block of each service, by the indentation that the file keeps. */
function composeServices(): Map<string, string> {
  const services = read('docker-compose.yml')
    .split(/^services:\n/m)[1]!
    .split(/^\S/m)[0]!;
  const blocks = services.split(/^ {2}(?=[a-z]+:\n)/m).filter((block) => block.trim() !== '');
  return new Map(blocks.map((block) => [block.slice(0, block.indexOf(':')), block]));
}

describe('docker-compose.yml', () => {
  const services = composeServices();

  it('has the five daemons, PostgreSQL and Redis', () => {
    expect([...services.keys()].sort()).toEqual([...daemons, 'postgres', 'redis'].sort());
  });

  it.each(daemons)('runs %s from an image, a configuration and a volume of its own', (daemon) => {
    const block = services.get(daemon)!;
    const folder = daemon === 'nc' ? 'nc-1' : daemon;
    expect(block).toContain(`target: ${daemon},`);
    expect(block).toContain(`'./deploy/compose/${folder}:/etc/mallee/${daemon}:ro'`);
    expect(block).toContain(`'${daemon}:/var/lib/mallee/${daemon}'`);
    expect(block).toContain('/readyz');
    expect([...block.matchAll(/deploy\/compose\//g)]).toHaveLength(1);
    expect(read('deploy/docker/Dockerfile')).toContain(`FROM mallee AS ${daemon}\n`);
  });

  it('gives nobody every privilege, and no privilege to those that need none', () => {
    expect(read('docker-compose.yml')).not.toMatch(/privileged:/);
    for (const daemon of ['clc', 'walrus', 'sc']) {
      expect(services.get(daemon)).not.toContain('cap_add');
      const stage = read('deploy/docker/Dockerfile').split(`FROM mallee AS ${daemon}\n`)[1]!.split('FROM')[0];
      expect(stage).toMatch(/^USER mallee$/m);
    }
  });

  const compose = findProgram('docker-compose');
  (compose === undefined ? it.skip : it)('is accepted by docker-compose, where that is installed', () => {
    const env = { ...process.env, POSTGRES_PASSWORD: 'x' };
    const result = spawnSync(compose!, ['config', '-q'], { cwd: top, env, encoding: 'utf8' });
    expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('systemd units', () => {
  const unit = (daemon: string): string => read(`deploy/systemd/mallee-${daemon}.service`);

  it.each(daemons)('%s has one that reads what configure writes', (daemon) => {
    expect(unit(daemon)).toContain(
      `/opt/mallee/services/${daemon}/dist/main.js --config /etc/mallee/${daemon}/config.json`,
    );
    expect(unit(daemon)).toMatch(new RegExp(`^StateDirectory=mallee/${daemon}$`, 'm'));
    expect(/^User=mallee$/m.test(unit(daemon))).toBe(!['cc', 'nc'].includes(daemon));
  });

  it('are all there is', () => {
    const files = readdirSync(join(top, 'deploy/systemd')).sort();
    expect(files).toEqual(daemons.map((daemon) => `mallee-${daemon}.service`).sort());
  });

  const analyze = findProgram('systemd-analyze');
  (analyze === undefined ? it.skip : it)('are accepted by systemd-analyze, where that is installed', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'mt-'));
    try {
      const files = daemons.map((daemon) => {
        const file = join(scratch, `mallee-${daemon}.service`);
        // Node.js may be elsewhere on this machine.
        writeFileSync(file, unit(daemon).replace('/usr/bin/node', '/bin/true'));
        return file;
      });
      const { status, stderr } = spawnSync(analyze!, ['verify', '--man=no', ...files], { encoding: 'utf8' });
      const ours = stderr.split('\n').filter((line) => line.includes('mallee-'));
      expect({ status, ours }).toEqual({ status: 0, ours: [] });
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});

describe('the mallee script', () => {
  it('says what it can do through a link, from anywhere, without a build', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'mt-'));
    try {
      execFileSync('ln', ['-s', join(top, 'mallee'), join(scratch, 'link')]);
      const text = execFileSync(join(scratch, 'link'), ['help'], { cwd: '/', encoding: 'utf8' });
      for (const command of ['demo', 'up', 'configure', 'register', 'test']) expect(text).toContain(`  ${command} `);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  const shellcheck = findProgram('shellcheck');
  (shellcheck === undefined ? it.skip : it)('and the other scripts satisfy shellcheck, where that is installed', () => {
    const result = spawnSync(shellcheck!, ['mallee', 'test/run', '.ci/run', 'deploy/docker/nc-start'], { cwd: top });
    expect(result.stdout.toString()).toBe('');
  });
});
