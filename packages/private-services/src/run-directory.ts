import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MalleeError } from '@mallee/errors';

// A unix socket path has at most 107 bytes, and libvirt and QEMU append up to 70 to their directory.
const LONGEST = 36;

/**
 * Directory for the sockets of a state directory: inside it when its path is short enough, else a private one
 * below /tmp whose name is derived from it.
 */
export function runDirectory(stateDirectory: string): string {
  const inside = join(resolve(stateDirectory), 'run');
  const uid = process.getuid?.() ?? 0;
  const digest = createHash('sha256').update(inside).digest('hex').slice(0, 8);
  const directory = inside.length <= LONGEST ? inside : `/tmp/mallee-${uid}-${digest}`;
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const found = lstatSync(directory);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new MalleeError(
      'Configuration.Invalid',
      `${directory} belongs to somebody else; remove it or use another state directory`,
    );
  }
  chmodSync(directory, 0o755);
  return directory;
}
