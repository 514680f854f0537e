export { makeIdentity, type TestIdentity } from './identity.js';
export { describeReal, describeShared, missingParts, sharedDirectory, type RealParts } from './real-parts.js';
export { scratchDirectory, type ScratchDirectory } from './scratch.js';
export { startTestLibvirtd, startTestPostgres, startTestRedis, type TestService } from './services.js';
export { endOf, startTypeScript } from './typescript-process.js';
