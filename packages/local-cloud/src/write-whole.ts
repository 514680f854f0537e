import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a file in one step, so that neither an interrupt nor a reader sees half of it. */
export function writeWhole(file: string, content: string, mode: number): void {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, content, { mode });
  renameSync(draft, file);
}
