import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScratchDirectory {
  readonly path: string;
  remove(): void;
}

/** A new directory below the system's temporary one, short enough for unix sockets and open to other system users. */
export function scratchDirectory(): ScratchDirectory {
  const path = mkdtempSync(join(tmpdir(), 'mt-'));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
