import type { Command } from 'commander';
import { defineKeysExport } from './keys-export.js';
import { defineKeysImport } from './keys-import.js';
import { defineKeysRotate } from './keys-rotate.js';
import { defineKeysTrust } from './keys-trust.js';

export function defineKeys(program: Command): void {
  const keys = program.command('keys').description('keys of the daemons: rotate them, exchange them with originals');
  defineKeysRotate(keys);
  defineKeysTrust(keys);
  defineKeysExport(keys);
  defineKeysImport(keys);
}
