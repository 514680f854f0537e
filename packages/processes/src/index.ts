export { findProgram, isExecutable, requireProgram } from './find-program.js';
export { runCommand, runCommandForBytes } from './run-command.js';
export { tryCommand, type CommandOptions, type CommandResult } from './try-command.js';
