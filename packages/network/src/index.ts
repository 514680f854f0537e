export {
  addressAt,
  broadcast,
  capacity,
  FIRST_INDEX,
  gateway,
  indexOf,
  lastIndex,
  macOf,
  pickIndex,
} from './address-plan.js';
export {
  BridgeNetwork,
  hostBridgeNetwork,
  UserNetwork,
  type BridgeNetworkDrivers,
  type ClusterNetwork,
} from './cluster-network.js';
export { checkDesiredNetwork, type DesiredNetwork, type HostReservation } from './desired-state.js';
export { RecordingDhcpDriver, type DhcpDriver } from './dhcp-driver.js';
export { DnsmasqDriver } from './dnsmasq-driver.js';
export { HostExec, runOrThrow, type Argv, type Exec, type ExecOptions, type ExecResult } from './exec.js';
export { NftDriver, RecordingFilterDriver, type FilterDriver } from './filter-driver.js';
export { ensureForwarding } from './forwarding.js';
export { formatAddress, formatSubnet, netmask, parseAddress, parseSubnet, type Subnet } from './ipv4.js';
export { IpLinkDriver, RecordingLinkDriver, type LinkDriver } from './link-driver.js';
export { RecordingExec } from './recording-exec.js';
export {
  dnsmasqFiles,
  LEASE_SECONDS,
  renderDnsmasqConfig,
  renderDnsmasqHosts,
  type DnsmasqFiles,
} from './render-dnsmasq.js';
export { renderLinks, type BridgeDocument } from './render-links.js';
export { nftTableName, renderNft, renderNftRemoval } from './render-nft.js';
