export { createInstanceDisk, type DiskMode, type InstanceDiskOptions } from './disk-image.js';
export { checkDomainSpec } from './domain-check.js';
export { METADATA_NAMESPACE } from './domain-metadata.js';
export { domainName, domainUuid, instanceIdOfDomain, isDomainTag, isInstanceId, portName } from './domain-name.js';
export type { DomainBoot, DomainDisk, DomainNetwork, DomainSpec, DomainType } from './domain-spec.js';
export { chooseDomainType, type DomainTypeChoice, type DomainTypeOptions } from './domain-type.js';
export { renderDomain, type DomainHost } from './domain-xml.js';
export type {
  DomainEnding,
  DomainState,
  DomainStatus,
  HypervisorDriver,
  HypervisorFacts,
  RecoveredDomain,
} from './driver.js';
export { LibvirtDriver, type LibvirtDriverOptions } from './libvirt/libvirt-driver.js';
export { probeKvm, type KvmProbeOptions, type KvmProbeResult } from './probe-kvm.js';
export { SimulatedDriver, type SimulatedDriverOptions } from './simulated/simulated-driver.js';
