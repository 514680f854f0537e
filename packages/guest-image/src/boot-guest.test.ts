import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@mallee/private-services';
import { runCommand } from '@mallee/processes';
import { seedDisk } from '@mallee/seed-disk';
import { describeReal, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { bootGuest, READY_LINE } from './boot-guest.js';
import { buildGuestImage, type GuestImage } from './build-guest-image.js';

/** Kept between runs: building again would only download the same packages. */
const IMAGES = resolve(import.meta.dirname, '../../../node_modules/.cache/mallee-guest-image');
const BOOT_MS = 240_000;

describeReal(
  { programs: ['qemu-system-x86_64', 'mke2fs', 'debugfs', 'apt-get', 'ssh', 'ssh-keygen'] },
  'the tiny guest under bare QEMU',
  () => {
    let image: GuestImage;
    let scratch: ScratchDirectory;
    beforeAll(async () => {
      scratch = scratchDirectory();
      image = await buildGuestImage({ directory: IMAGES });
    }, BOOT_MS);
    afterAll(() => scratch.remove());

    test(
      'reads the seed disk, lets the injected key in by ssh, obeys the power button',
      async () => {
        const key = join(scratch.path, 'id');
        await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
        const publicKey = (await readFile(`${key}.pub`, 'utf8')).trim();
        const seed = join(scratch.path, 'seed.iso');
        const metaData = `instance-id: i-0A1B2C3D\nlocal-hostname: ip-10-0-0-2\npublic-keys: ["${publicKey}"]\n`;
        const userData = '#!/bin/sh\necho "ran as $(id -u)"\n';
        await writeFile(
          seed,
          seedDisk([
            { name: 'meta-data', content: metaData },
            { name: 'user-data', content: userData },
          ]),
        );
        const sshPort = await freePort();
        const guest = await bootGuest({ image, seed, sshPort, timeoutMs: BOOT_MS });
        try {
          const ready = await guest.waitForLine(READY_LINE);
          expect(ready).toBe(
            'MALLEE-GUEST ready instance-id=i-0A1B2C3D local-ipv4=10.0.2.15 public-key=yes source=seed',
          );
          await guest.waitForLine(/^ran as 0$/);
          expect(await guest.console()).toContain('MALLEE-GUEST user-data begin');
          const hostKey = (await guest.waitForLine(/host-key ssh-ed25519/)).split('host-key ')[1];
          const knownHosts = join(scratch.path, 'known_hosts');
          await writeFile(knownHosts, `[127.0.0.1]:${sshPort} ${hostKey}\n`);
          const ssh = await runCommand(
            'ssh',
            [
              ...['-F', 'none', '-i', key, '-p', String(sshPort)],
              ...['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${knownHosts}`],
              ...['-o', 'ConnectTimeout=60', 'root@127.0.0.1', 'hostname; uname -r'],
            ],
            { timeoutMs: 120_000 },
          );
          expect(ssh.split('\n')).toEqual(['ip-10-0-0-2', image.release, '']);
          await guest.powerButton();
          await guest.waitForLine(/^MALLEE-GUEST stopping$/, BOOT_MS);
          await guest.exited;
        } finally {
          await guest.stop();
        }
      },
      BOOT_MS,
    );

    test.each([
      [
        'prefers the metadata service and speaks IMDSv2 to it',
        'i-AABBCCDD',
        /instance-id=i-AABBCCDD .*public-key=yes source=imds2$/,
      ],
      [
        'does not believe a service that knows it by another name',
        'i-11111111',
        /instance-id=i-11111111 .*public-key=no source=seed$/,
      ],
    ])(
      '%s',
      async (_what, seedId, ready) => {
        const asked: string[] = [];
        const service = metadataService(asked);
        await new Promise<void>((done) => service.listen(0, '127.0.0.1', done));
        const bridge = join(scratch.path, 'bridge.mjs');
        await writeFile(
          bridge,
          `import { connect } from 'node:net';
           const s = connect({ port: ${(service.address() as AddressInfo).port}, host: '127.0.0.1', allowHalfOpen: true });
           process.stdin.pipe(s); s.pipe(process.stdout);`,
        );
        const seed = join(scratch.path, `${seedId}.iso`);
        await writeFile(seed, seedDisk([{ name: 'meta-data', content: `instance-id: ${seedId}\n` }]));
        const metadataCommand = `${process.execPath} ${bridge}`;
        const guest = await bootGuest({ image, seed, metadataCommand, timeoutMs: BOOT_MS });
        try {
          expect(await guest.waitForLine(READY_LINE)).toMatch(ready);
          if (seedId === 'i-AABBCCDD') {
            expect(await guest.console()).toMatch(/user-data begin\r?\nplain text\r?\nMALLEE-GUEST user-data end/);
          }
          expect(asked[0]).toBe('PUT /latest/api/token');
        } finally {
          await guest.stop();
          service.closeAllConnections();
          service.close();
        }
      },
      BOOT_MS,
    );
  },
);

function metadataService(asked: string[]): Server {
  const pages: Record<string, string> = {
    '/latest/meta-data/instance-id': 'i-AABBCCDD',
    '/latest/meta-data/local-hostname': 'from-service',
    '/latest/meta-data/public-keys/0/openssh-key': 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAA key',
    '/latest/user-data': 'plain text',
  };
  return createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.method === 'PUT') return response.end('TOKEN==');
    const page = request.headers['x-aws-ec2-metadata-token'] === 'TOKEN==' ? pages[request.url ?? ''] : undefined;
    response.statusCode = page === undefined ? 401 : 200;
    return response.end(page ?? '');
  });
}
