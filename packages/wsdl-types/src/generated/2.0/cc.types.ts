// Generated from wsdl/2.0/cc.wsdl by `npm run generate`; do not edit.

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
}

/** One line of the block device mapping. */
export interface DeviceMappingType {
  /** device as the guest sees it */
  deviceName?: string | undefined;
  /** ami, root, ephemeral0, swap */
  virtualName?: string | undefined;
  /** MiB; 0: as large as the image */
  size?: number | undefined;
  /** ext3, swap, none */
  format?: string | undefined;
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
  deviceMapping: readonly DeviceMappingType[];
}

/** The one network interface of an instance. */
export interface NetConfigType {
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
  imageId?: string | undefined;
  kernelId?: string | undefined;
  ramdiskId?: string | undefined;
  instanceId?: string | undefined;
  instanceType?: VirtualMachineType | undefined;
  /** the whole public key line, not the name of a key */
  keyName?: string | undefined;
  /** UTC */
  launchTime?: string | undefined;
  /** Pending, Extant or Teardown */
  stateName?: string | undefined;
  netParams?: NetConfigType | undefined;
  ownerId?: string | undefined;
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
  groupNames: readonly string[];
  volumes: readonly VolumeType[];
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

export interface DescribeResourcesType extends EucalyptusMessage {
  instanceTypes: readonly VirtualMachineType[];
}

export interface DescribeResourcesResponseType extends EucalyptusMessage {
  /** one for each type asked for, in that order */
  resources: readonly CcResourceType[];
  /** URL of every node controller */
  serviceTags: readonly string[];
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
  /** in the order of instanceIds */
  macAddresses: readonly string[];
  /** in the order of instanceIds */
  networkIndexList: readonly number[];
  /** -1: none */
  vlan: number;
  /** base64, may be empty */
  userData: string;
  /** decimal */
  launchIndex: string;
  platform?: string | undefined;
}

export interface RunInstancesResponseType extends EucalyptusMessage {
  /** those scheduled; may be fewer than asked for */
  instances: readonly CcInstanceType[];
}

export interface TerminateInstancesType extends EucalyptusMessage {
  instanceIds: readonly string[];
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
  vlan: number;
  /** the security group */
  netName: string;
  /** its owner */
  userName: string;
  /** indexes in use */
  activeAddrs: readonly number[];
}

export interface DescribeNetworksType extends EucalyptusMessage {
  /** address handed out to guests as their DNS server */
  nameserver?: string | undefined;
  /** addresses of all cluster controllers */
  clusterControllers: readonly string[];
}

export interface DescribeNetworksResponseType extends EucalyptusMessage {
  /** 1: the cluster manages networks, 0: it does not */
  mode?: number | undefined;
  addrsPerNet?: number | undefined;
  activeNetworks: readonly NetworkType[];
}

export interface StartNetworkType extends EucalyptusMessage {
  vlan?: number | undefined;
  netName?: string | undefined;
  nameserver?: string | undefined;
  clusterControllers: readonly string[];
}

export type StartNetworkResponseType = EucalyptusMessage;

export interface StopNetworkType extends EucalyptusMessage {
  vlan?: number | undefined;
  netName?: string | undefined;
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
}

export type ConfigureNetworkResponseType = EucalyptusMessage;

export type DescribePublicAddressesType = EucalyptusMessage;

export interface DescribePublicAddressesResponseType extends EucalyptusMessage {
  /** every public address */
  sourceAddresses: readonly string[];
  /** the private address each is bound to, 0.0.0.0 for none; parallel to sourceAddresses */
  destAddresses: readonly string[];
}

export interface AssignAddressType extends EucalyptusMessage {
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
  force?: boolean | undefined;
}

export type DetachVolumeResponseType = EucalyptusMessage;

export interface BundleInstanceType extends EucalyptusMessage {
  instanceId?: string | undefined;
  bucketName?: string | undefined;
  filePrefix?: string | undefined;
  walrusURL?: string | undefined;
  /** an access key id, whatever its name says */
  userPublicKey?: string | undefined;
  /** base64 */
  S3Policy?: string | undefined;
  S3PolicySig?: string | undefined;
}

export type BundleInstanceResponseType = EucalyptusMessage;

export interface CancelBundleTaskType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export type CancelBundleTaskResponseType = EucalyptusMessage;

/** One bundling. */
export interface BundleTaskType {
  instanceId?: string | undefined;
  state?: string | undefined;
}

export interface DescribeBundleTasksType extends EucalyptusMessage {
  instanceIds: readonly string[];
}

export interface DescribeBundleTasksResponseType extends EucalyptusMessage {
  bundleTasks: readonly BundleTaskType[];
}

export interface EucalyptusCCOperations_2_0 {
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
  /** The public addresses of the cluster; return=false means that it has none to manage. */
  DescribePublicAddresses: { request: DescribePublicAddressesType; response: DescribePublicAddressesResponseType };
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
  /** State of the bundlings. */
  DescribeBundleTasks: { request: DescribeBundleTasksType; response: DescribeBundleTasksResponseType };
}
