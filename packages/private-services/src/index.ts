export { runningPid, startDetached, stopDetached, type DetachedProcessOptions } from './detached-process.js';
export { startLibvirtd, stopLibvirtd, type PrivateLibvirtd } from './libvirtd.js';
export { findPostgresBinaries } from './postgres-binaries.js';
export { startPostgres, stopPostgres, type PostgresOptions, type PrivatePostgres } from './postgres.js';
export { missingRadosgwPrograms, RADOSGW_PACKAGES, startRadosgw, type PrivateRadosgw } from './radosgw.js';
export { freePort, startRedis, stopRedis, type PrivateRedis } from './redis.js';
export { runDirectory } from './run-directory.js';
export { findUser, isRoot, type SystemUser } from './system-user.js';
