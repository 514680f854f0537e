export { type Backends } from './backends.js';
export { bringUp, guestDirectory } from './bring-up.js';
export { clientOptions, cloudClients, type CloudClients } from './clients.js';
export { renderConfigs, type ConfigFacts } from './configs.js';
export { configure, type ConfigureWishes, planHosts, readHosts } from './configure.js';
export { readCredentials, readCredentialsFile, type Credentials } from './credentials.js';
export { endGuests, removeNetwork, runningGuests } from './guests.js';
export { assignHosts, type Host } from './hosts.js';
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
export { type CloudPlan, credentialsFile, localPlan, type Site, sitesOf } from './plan.js';
export { type Progress, silent } from './progress.js';
export { imageCertificate, publishGuest, publishImage, type PublishedGuest } from './publish-guest.js';
export {
  type Administration,
  administrationOf,
  type ComponentState,
  configurationCall,
  describeComponents,
  registerComponents,
  registerConfigured,
} from './register.js';
export { takeDown } from './take-down.js';
