import { fileURLToPath } from 'node:url';

export { filesOf, renderConfig, type HostSettings, type Places } from './component-config.js';
export { createToken } from './create-token.js';
export { fingerprint } from './fingerprint.js';
export { joinCloud, type Joined, type JoinOptions } from './join-cloud.js';
export { JoinEndpoint, type JoinEndpointOptions } from './join-endpoint.js';
export { readJoinRecord, type JoinRecord } from './join-record.js';
export { JOIN_PATH, ROTATE_PATH, type CloudAnswer, type JoinAnswer, type NodeAnswer } from './messages.js';
export {
  databaseSchemaOf,
  isClusterConfig,
  loadOperatedConfig,
  withDatabase,
  type OperatedConfig,
} from './operator.js';
export { connectPinned, type PinnedConnection, type PinnedPeer } from './pinned-post.js';
export {
  announceKey,
  finishKey,
  fingerprintsOf,
  nextStage,
  prepareKey,
  rotationStages,
  switchKey,
  type RegisteredComponent,
  type RotationStage,
} from './key-rotation.js';
export { ensureOwnKey, type KeyFiles } from './own-key.js';
export { addBeside, without } from './trusted-texts.js';
export { changeComponents, changeFiles, changeJoinedNodes, type TrustChange } from './trust-change.js';
export { newcomerUrl, type Newcomer, type Registrar, type Registrars } from './registrar.js';
export { daemonOf, defaultPort, joinRoles, type JoinRole } from './roles.js';
export { rotationChallenge, signRotation } from './rotation.js';
export { serveJoining, type ServeJoiningOptions } from './serve-joining.js';
export { endpointTls, joiningSchema, serviceUrl, type JoinableConfig, type JoiningSettings } from './settings.js';
export {
  listTokens,
  revokeToken,
  storeToken,
  DEFAULT_TTL_SECONDS,
  type NewToken,
  type TokenState,
} from './token-store.js';
export { formatToken, parseToken, type JoinToken } from './token.js';

/** Folder of the migrations that make the table of the tokens. */
export const joiningMigrations: string = fileURLToPath(new URL('../migrations', import.meta.url));
