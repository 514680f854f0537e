import type { Command } from 'commander';
import { defineConfigure } from './configure.js';
import { defineDemo } from './demo.js';
import { defineDown } from './down.js';
import { defineImage } from './image.js';
import { defineJoin } from './join.js';
import { defineKeys } from './keys.js';
import { defineLogs } from './logs.js';
import { defineRegister } from './register.js';
import { defineReset } from './reset.js';
import { defineSoap } from './soap.js';
import { defineStatus } from './status.js';
import { defineUp } from './up.js';
import { defineWalrus } from './walrus.js';

/** Every command but those of the entry script, in the order of the help. */
export const commands: readonly ((program: Command) => void)[] = [
  defineUp,
  defineDemo,
  defineStatus,
  defineLogs,
  defineDown,
  defineReset,
  defineConfigure,
  defineRegister,
  defineImage,
  defineJoin,
  defineKeys,
  defineSoap,
  defineWalrus,
];
