// Generated from wsdl/4.4/cc.wsdl by `npm run generate`; do not edit.

/** A service of the cloud and where it is reached. Abstract, yet sent as it is, without xsi:type. */
export interface ServiceInfoType {
  /** availability zone */
  partition?: string | undefined;
  /** cluster, node, storage, objectstorage, eucalyptus, ... */
  type?: string | undefined;
  /** name of the registration */
  name?: string | undefined;
  /** endpoints */
  uris: readonly string[];
}

/** First elements of every CC message. */
export interface EucalyptusMessage {
  /** UUID of the request, echoed in the answer */
  correlationId?: string | undefined;
  /** who acts; eucalyptus stands for the system */
  userId?: string | undefined;
  /** text of the failure */
  statusMessage?: string | undefined;
  /** false: the operation failed */
  return?: boolean | undefined;
  /** counts the changes of the service topology */
  epoch?: number | undefined;
  /** services that are enabled */
  services: readonly ServiceInfoType[];
  /** services that are disabled */
  disabledServices: readonly ServiceInfoType[];
  /** services that are not ready */
  notreadyServices: readonly ServiceInfoType[];
  /** host of the node meant, as in its URL */
  nodeName?: string | undefined;
}

/** One disk, kernel or ramdisk that an instance boots from or is given. */
export interface VirtualBootRecordType {
  /** where the data is: http(s), objectstorage:, cloud:, sc: or none */
  resourceLocation?: string | undefined;
  /** device of the guest; none for a kernel or ramdisk */
  guestDeviceName?: string | undefined;
  /** bytes; -1: unknown */
  size?: number | undefined;
  /** none, ext2, ext3, ntfs or swap */
  format?: string | undefined;
  /** image or volume id, or none; four characters at least */
  id?: string | undefined;
  /** machine, kernel, ramdisk, ephemeral, swap, ebs or boot */
  type?: string | undefined;
}

/** A VM type and its size. */
export interface VirtualMachineType {
  /** such as m1.small; original peers crash without it */
  name?: string | undefined;
  /** MiB */
  memory?: number | undefined;
  cores?: number | undefined;
  /** GiB */
  disk?: number | undefined;
  virtualBootRecord: readonly VirtualBootRecordType[];
}

/** One network interface of an instance. */
export interface NetConfigType {
  /** eni-... or the id of the instance */
  interfaceId: string;
  /** 0: the primary interface */
  device: number;
  /** d0:0d: and the hex digits of the instance id */
  privateMacAddress: string;
  /** 0.0.0.0 while unknown */
  privateIp: string;
  /** 0.0.0.0 for none */
  publicIp: string;
  /** -1 or 0: none */
  vlan: number;
  /** place of the address in the subnet of its network; -1: none */
  networkIndex: number;
  /** eni-attach-... */
  attachmentId?: string | undefined;
}

/** A volume at an instance. */
export interface VolumeType {
  volumeId?: string | undefined;
  /** how the node reaches the volume */
  remoteDev?: string | undefined;
  /** device of the guest */
  localDev?: string | undefined;
  /** attached, attaching, ... */
  state?: string | undefined;
}

/** An instance as the cluster reports it. */
export interface CcInstanceType {
  /** UUID that the cloud gave */
  uuid?: string | undefined;
  imageId?: string | undefined;
  kernelId?: string | undefined;
  ramdiskId?: string | undefined;
  instanceId?: string | undefined;
  instanceType?: VirtualMachineType | undefined;
  /** the whole public key line, not the name of a key */
  keyName?: string | undefined;
  /** UTC */
  launchTime?: string | undefined;
  /** when the instance ends at the latest */
  expiryTime?: string | undefined;
  /** Pending, Extant or Teardown */
  stateName?: string | undefined;
  netParams?: NetConfigType | undefined;
  ownerId?: string | undefined;
  /** account number */
  accountId?: string | undefined;
  reservationId?: string | undefined;
  /** URL of the node controller that runs it */
  serviceTag?: string | undefined;
  /** base64 */
  userData?: string | undefined;
  /** decimal */
  launchIndex?: string | undefined;
  /** linux or windows */
  platform?: string | undefined;
  /** none when no bundling was asked for */
  bundleTaskStateName?: string | undefined;
  /** part done */
  bundleTaskProgress?: number | undefined;
  /** none, creating, succeeded, failed or cancelled */
  createImageStateName?: string | undefined;
  /** KiB read and written */
  blkbytes?: number | undefined;
  /** KiB sent and received */
  netbytes?: number | undefined;
  /** poweredOn or poweredOff */
  guestStateName?: string | undefined;
  /** none, preparing, ready, migrating or cleaning */
  migrationStateName?: string | undefined;
  /** host */
  migrationSource?: string | undefined;
  /** host */
  migrationDestination?: string | undefined;
  groupNames: readonly string[];
  volumes: readonly VolumeType[];
  /** further interfaces */
  secondaryNetConfig: readonly NetConfigType[];
}

/** A change of state asked of services. Abstract; only what extends it is sent. */
export interface ServiceTransitionType extends EucalyptusMessage {
  /** the services meant; none: the cluster controller itself */
  serviceIds: readonly ServiceInfoType[];
  /** not used (spelled so on the wire) */
  instancesIds: readonly ServiceInfoType[];
}

/** Declared by the interface, used by no message. */
export interface CcTerminatedInstanceType {
  instanceId: string;
}

/** Room for one VM type. */
export interface CcResourceType {
  instanceType?: VirtualMachineType | undefined;
  /** on empty nodes */
  maxInstances?: number | undefined;
  /** now */
  availableInstances?: number | undefined;
}

/** One node of the cluster. */
export interface CcNodeType {
  serviceTag?: string | undefined;
  /** iSCSI name of the node as initiator */
  iqn?: string | undefined;
  /** kvm or xen */
  hypervisor?: string | undefined;
}

export interface DescribeResourcesType extends EucalyptusMessage {
  instanceTypes: readonly VirtualMachineType[];
}

export interface DescribeResourcesResponseType extends EucalyptusMessage {
  /** one for each type asked for, in that order */
  resources: readonly CcResourceType[];
  /** URL of every node controller */
  serviceTags: readonly string[];
  nodes: readonly CcNodeType[];
}

export interface DescribeInstancesType extends EucalyptusMessage {
  /** none: all */
  instanceIds: readonly string[];
}

export interface DescribeInstancesResponseType extends EucalyptusMessage {
  instances: readonly CcInstanceType[];
}

export interface RunInstancesType extends EucalyptusMessage {
  imageId?: string | undefined;
  kernelId?: string | undefined;
  ramdiskId?: string | undefined;
  /** URL of the manifest at Walrus */
  imageURL?: string | undefined;
  kernelURL?: string | undefined;
  ramdiskURL?: string | undefined;
  instanceType?: VirtualMachineType | undefined;
  /** the whole public key line */
  keyName?: string | undefined;
  maxCount: number;
  minCount: number;
  reservationId: string;
  /** at least maxCount of them */
  instanceIds: readonly string[];
  /** security groups */
  netNames: readonly string[];
  /** security group ids, in the order of netNames */
  netIds: readonly string[];
  /** in the order of instanceIds */
  macAddresses: readonly string[];
  /** in the order of instanceIds */
  networkIndexList: readonly number[];
  /** one for each instance */
  privateIps: readonly string[];
  /** one for each instance */
  uuids: readonly string[];
  /** -1: none */
  vlan: number;
  /** base64, may be empty */
  userData: string;
  /** base64; the guest finds it on a floppy */
  credential: string;
  /** decimal */
  launchIndex: string;
  platform?: string | undefined;
  /** when the instance ends at the latest */
  expiryTime?: string | undefined;
  ownerId?: string | undefined;
  /** account number */
  accountId?: string | undefined;
  /** root device as the image names it */
  rootDirective?: string | undefined;
  /** eni-attach-... of the first interface */
  primaryEniAttachmentId?: string | undefined;
  /** further interfaces */
  secondaryNetConfig: readonly NetConfigType[];
}

export interface RunInstancesResponseType extends EucalyptusMessage {
  /** those scheduled; may be fewer than asked for */
  instances: readonly CcInstanceType[];
}

export interface TerminateInstancesType extends EucalyptusMessage {
  instanceIds: readonly string[];
  /** true: leave out the gentle steps */
  force?: boolean | undefined;
}

export interface TerminateInstancesResponseType extends EucalyptusMessage {
  /** in the order of the ids */
  isTerminated: readonly boolean[];
}

export interface RebootInstancesType extends EucalyptusMessage {
  instanceIds: readonly string[];
}

export type RebootInstancesResponseType = EucalyptusMessage;

export interface GetConsoleOutputType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export interface GetConsoleOutputResponseType extends EucalyptusMessage {
  /** base64 */
  consoleOutput?: string | undefined;
}

/** A network of one security group. */
export interface NetworkType {
  /** UUID that the cloud gave */
  uuid: string;
  vlan: number;
  /** the security group */
  netName: string;
  /** its owner */
  userName: string;
  /** indexes in use */
  activeAddrs: readonly number[];
}

export interface DescribeNetworksType extends EucalyptusMessage {
  /** DNS domain of the instances */
  vmsubdomain?: string | undefined;
  /** address handed out to guests as their DNS server */
  nameserver?: string | undefined;
  /** addresses of all cluster controllers */
  clusterControllers: readonly string[];
}

export interface DescribeNetworksResponseType extends EucalyptusMessage {
  /** 1: networks have VLANs */
  useVlans?: number | undefined;
  /** EDGE, MANAGED, MANAGED-NOVLAN, SYSTEM, STATIC or VPCMIDO */
  mode?: string | undefined;
  addrsPerNet?: number | undefined;
  /** lowest place in a subnet that an instance may have */
  addrIndexMin?: number | undefined;
  /** highest place */
  addrIndexMax?: number | undefined;
  /** lowest VLAN */
  vlanMin?: number | undefined;
  /** highest VLAN */
  vlanMax?: number | undefined;
  /** address of the network all subnets are cut from */
  vnetSubnet?: string | undefined;
  /** its mask */
  vnetNetmask?: string | undefined;
  activeNetworks: readonly NetworkType[];
}

export interface StartNetworkType extends EucalyptusMessage {
  /** UUID that the cloud gave */
  uuid?: string | undefined;
  vlan?: number | undefined;
  netName?: string | undefined;
  /** security group id */
  groupId?: string | undefined;
  /** DNS domain of the instances */
  vmsubdomain?: string | undefined;
  nameserver?: string | undefined;
  clusterControllers: readonly string[];
  /** account number */
  accountId?: string | undefined;
}

export type StartNetworkResponseType = EucalyptusMessage;

export interface StopNetworkType extends EucalyptusMessage {
  vlan?: number | undefined;
  netName?: string | undefined;
  /** account number */
  accountId?: string | undefined;
}

export type StopNetworkResponseType = EucalyptusMessage;

/** One packet filter rule. */
export interface NetworkRule {
  /** firewall-open or firewall-close */
  type: string;
  /** groups let in */
  sourceNames: readonly string[];
  /** owner of each group of sourceNames */
  userNames: readonly string[];
  /** CIDR blocks let in */
  sourceNets: readonly string[];
  /** owner of the group; the userId of the message when absent */
  destUserName?: string | undefined;
  /** the group */
  destName: string;
  /** tcp, udp or icmp */
  protocol: string;
  /** port, or type of ICMP */
  portRangeMin: number;
  /** port, or code of ICMP */
  portRangeMax: number;
}

export interface ConfigureNetworkType extends EucalyptusMessage {
  rules: readonly NetworkRule[];
  /** account number */
  accountId?: string | undefined;
}

export type ConfigureNetworkResponseType = EucalyptusMessage;

export interface AssignAddressType extends EucalyptusMessage {
  /** UUID that the cloud gave */
  uuid: string;
  /** public */
  source: string;
  /** private */
  dest: string;
}

export type AssignAddressResponseType = EucalyptusMessage;

export interface UnassignAddressType extends EucalyptusMessage {
  /** public */
  source: string;
  /** private */
  dest: string;
}

export type UnassignAddressResponseType = EucalyptusMessage;

export interface AttachVolumeType extends EucalyptusMessage {
  volumeId?: string | undefined;
  instanceId?: string | undefined;
  remoteDev?: string | undefined;
  localDev?: string | undefined;
}

export type AttachVolumeResponseType = EucalyptusMessage;

export interface DetachVolumeType extends EucalyptusMessage {
  instanceId?: string | undefined;
  volumeId?: string | undefined;
  remoteDev?: string | undefined;
  localDev?: string | undefined;
  /** true: leave out the gentle steps */
  force?: boolean | undefined;
}

export type DetachVolumeResponseType = EucalyptusMessage;

export interface BundleInstanceType extends EucalyptusMessage {
  instanceId?: string | undefined;
  bucketName?: string | undefined;
  filePrefix?: string | undefined;
  /** endpoint of the object store */
  objectStorageURL?: string | undefined;
  /** an access key id, whatever its name says */
  userPublicKey?: string | undefined;
  /** base64 */
  S3Policy?: string | undefined;
  S3PolicySig?: string | undefined;
  /** i386 or x86_64 */
  architecture?: string | undefined;
}

export type BundleInstanceResponseType = EucalyptusMessage;

export interface CancelBundleTaskType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export type CancelBundleTaskResponseType = EucalyptusMessage;

/** What a service says of its own state. */
export interface ServiceStatusType {
  serviceId: ServiceInfoType;
  /** ENABLED, DISABLED, STOPPED, NOTREADY, LOADED, ... */
  localState: string;
  /** epoch last heard of */
  localEpoch: number;
  /** text for the operator */
  details: readonly string[];
}

export interface DescribeServicesType extends EucalyptusMessage {
  /** the services asked about; none: the cluster controller itself */
  serviceIds: readonly ServiceInfoType[];
}

export interface DescribeServicesResponseType extends EucalyptusMessage {
  serviceStatuses: readonly ServiceStatusType[];
}

export type StartServiceType = ServiceTransitionType;

export type StartServiceResponseType = ServiceTransitionType;

export type EnableServiceType = ServiceTransitionType;

export type EnableServiceResponseType = ServiceTransitionType;

export type DisableServiceType = ServiceTransitionType;

export type DisableServiceResponseType = ServiceTransitionType;

export type StopServiceType = ServiceTransitionType;

export type StopServiceResponseType = ServiceTransitionType;

export type ShutdownServiceType = ServiceTransitionType;

export type ShutdownServiceResponseType = ServiceTransitionType;

/** One measurement. Abstract, yet sent as it is. */
export interface MetricDimensionsValuesType {
  /** when it was measured */
  timestamp: string | null;
  /** absent or nil: no data */
  value?: number | undefined;
}

/** The values of one device. Abstract, yet sent as it is. */
export interface MetricDimensionsType {
  /** default, root, ephemeral0, vol-... */
  dimensionName: string;
  /** number of the first value */
  sequenceNum: number;
  values: readonly MetricDimensionsValuesType[];
}

/** One way of counting a metric. Abstract, yet sent as it is. */
export interface MetricCounterType {
  /** summation, average or latest */
  type: string;
  /** milliseconds between two values */
  collectionIntervalMs: number;
  dimensions: readonly MetricDimensionsType[];
}

/** One metric. Abstract, yet sent as it is. */
export interface MetricsResourceType {
  /** CPUUtilization, NetworkIn, ... */
  metricName: string | null;
  counters: readonly MetricCounterType[];
}

/** Measurements of one instance. Abstract, yet sent as it is. */
export interface SensorsResourceType {
  /** instance id */
  resourceName: string;
  /** instance */
  resourceType: string;
  /** UUID of the instance */
  resourceUuid?: string | undefined;
  metrics: readonly MetricsResourceType[];
}

export interface DescribeSensorsType extends EucalyptusMessage {
  /** how many values to keep */
  historySize?: number | undefined;
  /** milliseconds between two values */
  collectionIntervalTimeMs?: number | undefined;
  instanceIds: readonly string[];
  /** metrics asked for; none: all */
  sensorIds: readonly string[];
}

export interface DescribeSensorsResponseType extends EucalyptusMessage {
  sensorsResources: readonly SensorsResourceType[];
}

export interface ModifyNodeType extends EucalyptusMessage {
  /** enabled or disabled */
  stateName?: string | undefined;
}

export type ModifyNodeResponseType = EucalyptusMessage;

export interface MigrateInstancesType extends EucalyptusMessage {
  /** node to empty */
  sourceHost?: string | undefined;
  instanceId?: string | undefined;
  /** nodes to take or to avoid */
  destinationHost: readonly string[];
  /** true: only the nodes named; false: all others */
  allowHosts?: boolean | undefined;
  /** ID=URL of the images in use */
  resourceLocation: readonly string[];
}

export type MigrateInstancesResponseType = EucalyptusMessage;

export interface StartInstanceType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export type StartInstanceResponseType = EucalyptusMessage;

export interface StopInstanceType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export type StopInstanceResponseType = EucalyptusMessage;

export interface AttachNetworkInterfaceType extends EucalyptusMessage {
  instanceId?: string | undefined;
  netConfig?: NetConfigType | undefined;
}

export type AttachNetworkInterfaceResponseType = EucalyptusMessage;

export interface DetachNetworkInterfaceType extends EucalyptusMessage {
  instanceId?: string | undefined;
  /** eni-attach-... */
  attachmentId?: string | undefined;
  /** true: leave out the gentle steps */
  force?: boolean | undefined;
}

export type DetachNetworkInterfaceResponseType = EucalyptusMessage;

export interface CreateImageType extends EucalyptusMessage {
  instanceId?: string | undefined;
  volumeId?: string | undefined;
  remoteDev?: string | undefined;
}

export type CreateImageResponseType = EucalyptusMessage;

export interface BundleRestartInstanceType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export type BundleRestartInstanceResponseType = EucalyptusMessage;

export interface BroadcastNetworkInfoType extends EucalyptusMessage {
  /** version of the document */
  version?: string | undefined;
  /** version already applied */
  appliedVersion?: string | undefined;
  /** base64 of the document that describes all networks */
  networkInfo: string;
}

export type BroadcastNetworkInfoResponseType = EucalyptusMessage;

export interface EucalyptusCCOperations_4_4 {
  /** How many instances of each VM type the cluster holds and has room for, and the URLs of its nodes. */
  DescribeResources: { request: DescribeResourcesType; response: DescribeResourcesResponseType };
  /** The instances of the cluster, from its own memory: no node is contacted. */
  DescribeInstances: { request: DescribeInstancesType; response: DescribeInstancesResponseType };
  /** Starts instances with ids and addresses chosen by the cloud; answers before they run. */
  RunInstances: { request: RunInstancesType; response: RunInstancesResponseType };
  /** Asks nodes to end instances; does not wait for the end. */
  TerminateInstances: { request: TerminateInstancesType; response: TerminateInstancesResponseType };
  /** Reboots instances. */
  RebootInstances: { request: RebootInstancesType; response: RebootInstancesResponseType };
  /** The console text of an instance, fetched from its node. */
  GetConsoleOutput: { request: GetConsoleOutputType; response: GetConsoleOutputResponseType };
  /** Reports the networks in use; also tells the cluster the name server and the other clusters. */
  DescribeNetworks: { request: DescribeNetworksType; response: DescribeNetworksResponseType };
  /** Sets up the network of a security group; the same call again changes nothing. */
  StartNetwork: { request: StartNetworkType; response: StartNetworkResponseType };
  /** Takes the network of a security group down. */
  StopNetwork: { request: StopNetworkType; response: StopNetworkResponseType };
  /** Applies packet filter rules to a security group. */
  ConfigureNetwork: { request: ConfigureNetworkType; response: ConfigureNetworkResponseType };
  /** Binds a public address to a private one. */
  AssignAddress: { request: AssignAddressType; response: AssignAddressResponseType };
  /** Releases a public address. */
  UnassignAddress: { request: UnassignAddressType; response: UnassignAddressResponseType };
  /** Attaches a volume at the node of the instance. */
  AttachVolume: { request: AttachVolumeType; response: AttachVolumeResponseType };
  /** Detaches a volume. Mind the order: instanceId comes first here. */
  DetachVolume: { request: DetachVolumeType; response: DetachVolumeResponseType };
  /** Shuts an instance down and uploads its disk as a bundle. */
  BundleInstance: { request: BundleInstanceType; response: BundleInstanceResponseType };
  /** Stops a bundling. */
  CancelBundleTask: { request: CancelBundleTaskType; response: CancelBundleTaskResponseType };
  /** States of the services; the one call whose epoch and lists of services always count. */
  DescribeServices: { request: DescribeServicesType; response: DescribeServicesResponseType };
  /** Readies the cluster controller: it becomes DISABLED. */
  StartService: { request: StartServiceType; response: StartServiceResponseType };
  /** Lets the cluster controller, or a node, work. */
  EnableService: { request: EnableServiceType; response: EnableServiceResponseType };
  /** Takes the cluster controller, or a node, out of use. */
  DisableService: { request: DisableServiceType; response: DisableServiceResponseType };
  /** Stops the cluster controller, or takes a node out of use. */
  StopService: { request: StopServiceType; response: StopServiceResponseType };
  /** Ends the cluster controller. */
  ShutdownService: { request: ShutdownServiceType; response: ShutdownServiceResponseType };
  /** Measurements of instances; sets how often they are taken. */
  DescribeSensors: { request: DescribeSensorsType; response: DescribeSensorsResponseType };
  /** Takes a node into use or out of it. */
  ModifyNode: { request: ModifyNodeType; response: ModifyNodeResponseType };
  /** Moves the instances of a node, or one instance, elsewhere. */
  MigrateInstances: { request: MigrateInstancesType; response: MigrateInstancesResponseType };
  /** Powers on a guest that its node has kept. */
  StartInstance: { request: StartInstanceType; response: StartInstanceResponseType };
  /** Powers off a guest and keeps it on its node. */
  StopInstance: { request: StopInstanceType; response: StopInstanceResponseType };
  /** Gives an instance a further network interface. */
  AttachNetworkInterface: { request: AttachNetworkInterfaceType; response: AttachNetworkInterfaceResponseType };
  /** Takes a network interface from an instance. */
  DetachNetworkInterface: { request: DetachNetworkInterfaceType; response: DetachNetworkInterfaceResponseType };
  /** Writes the root disk of an instance to a volume. */
  CreateImage: { request: CreateImageType; response: CreateImageResponseType };
  /** Starts the guest again after bundling. */
  BundleRestartInstance: { request: BundleRestartInstanceType; response: BundleRestartInstanceResponseType };
  /** Hands the description of all networks to the nodes. */
  BroadcastNetworkInfo: { request: BroadcastNetworkInfoType; response: BroadcastNetworkInfoResponseType };
}
