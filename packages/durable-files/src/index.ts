export { replaceFile } from './replace-file.js';
export { syncDirectory } from './sync-directory.js';
