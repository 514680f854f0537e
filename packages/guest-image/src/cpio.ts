/** One entry of an initramfs archive. Every entry is owned by root. */
export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly content: Buffer; readonly mode: number }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | { readonly kind: 'character'; readonly path: string; readonly major: number; readonly minor: number };

const TYPE = { directory: 0o040755, symlink: 0o120777, character: 0o020600 } as const;

/** The entries as a cpio archive in "newc" form, which the kernel unpacks as initramfs. Parents must come first. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const chunks = entries.flatMap((entry, index) => record(entry, index + 1));
  chunks.push(...record({ kind: 'file', path: 'TRAILER!!!', content: Buffer.alloc(0), mode: 0 }, 0));
  return Buffer.concat(chunks);
}

function record(entry: CpioEntry, inode: number): Buffer[] {
  const content = contentOf(entry);
  const name = Buffer.from(`${entry.path}\0`);
  const mode = entry.kind === 'file' ? 0o100000 | entry.mode : TYPE[entry.kind];
  const [major, minor] = entry.kind === 'character' ? [entry.major, entry.minor] : [0, 0];
  // inode, mode, uid, gid, nlink, mtime, size, device major/minor, rdev major/minor, name length, checksum (unused)
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, name.length, 0];
  const header = Buffer.from('070701' + numbers.map((value) => value.toString(16).padStart(8, '0')).join(''));
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

function contentOf(entry: CpioEntry): Buffer {
  if (entry.kind === 'file') return entry.content;
  return Buffer.from(entry.kind === 'symlink' ? entry.target : '');
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
