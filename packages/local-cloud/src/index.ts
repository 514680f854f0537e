export { type Backends } from './backends.js';
export { bringUp, guestDirectory } from './bring-up.js';
export { clientOptions, cloudClients, type CloudClients } from './clients.js';
export { credentialsFile, renderConfigs, type ConfigFacts } from './configs.js';
export { readCredentials, type Credentials } from './credentials.js';
export { endGuests, removeNetwork, runningGuests } from './guests.js';
export { keyFiles, type KeyFiles, type KeyName } from './keys.js';
export {
  type CloudLayout,
  type DaemonName,
  daemons,
  defaultStateDirectory,
  freeSubnet,
  type LayoutWishes,
  makeLayout,
  readLayout,
  requireLayout,
  treeTop,
} from './layout.js';
export { baseUrl, logFile, pidFile, startDaemon, stopDaemon } from './processes.js';
export { type Progress, silent } from './progress.js';
export { imageCertificate, publishGuest, publishImage, type PublishedGuest } from './publish-guest.js';
export { type ComponentState, configurationCall, describeComponents, registerComponents } from './register.js';
export { takeDown } from './take-down.js';
