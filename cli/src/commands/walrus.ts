import type { Command } from 'commander';
import { defineWalrusFsck } from './walrus-fsck.js';

export function defineWalrus(program: Command): void {
  defineWalrusFsck(program.command('walrus').description('the object store: check it'));
}
