export { replaceFile } from './replace-file.js';
export { SharedRun } from './shared-run.js';
export { syncDirectory } from './sync-directory.js';
