// Generated from wsdl/2.0/nc.wsdl by `npm run generate`; do not edit.

/** First elements of every NC message. */
export interface EucalyptusMessage {
  /** UUID of the request */
  correlationId?: string | undefined;
  /** who acts; eucalyptus stands for the system */
  userId?: string | undefined;
  /** false: the operation failed */
  return?: boolean | undefined;
  /** host of the node as the cluster knows it */
  nodeName?: string | undefined;
  /** 0: done, 2: failed */
  statusMessage?: number | undefined;
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

/** An instance as its node reports it. */
export interface InstanceType {
  reservationId: string;
  instanceId: string;
  imageId: string;
  kernelId?: string | undefined;
  ramdiskId?: string | undefined;
  /** the owner */
  userId: string;
  /** the whole public key line */
  keyName: string;
  instanceType: VirtualMachineType;
  netParams?: NetConfigType | undefined;
  /** Pending, Extant or Teardown */
  stateName: string;
  /** none when no bundling was asked for; original peers crash without it */
  bundleTaskStateName?: string | undefined;
  /** UTC */
  launchTime?: string | undefined;
  /** base64 */
  userData?: string | undefined;
  /** decimal */
  launchIndex?: string | undefined;
  /** linux or windows */
  platform?: string | undefined;
  groupNames: readonly string[];
  volumes: readonly VolumeType[];
  serviceTag?: string | undefined;
}

export interface NcDescribeResourceType extends EucalyptusMessage {
  /** not used */
  resourceType?: string | undefined;
}

export interface NcDescribeResourceResponseType extends EucalyptusMessage {
  /** OK */
  nodeStatus: string;
  /** MiB */
  memorySizeMax: number;
  /** MiB */
  memorySizeAvailable: number;
  /** GiB */
  diskSizeMax: number;
  /** GiB */
  diskSizeAvailable: number;
  numberOfCoresMax: number;
  numberOfCoresAvailable: number;
  /** none */
  publicSubnets: string;
}

export interface NcDescribeInstancesType extends EucalyptusMessage {
  /** none: all */
  instanceIds: readonly string[];
}

export interface NcDescribeInstancesResponseType extends EucalyptusMessage {
  instances: readonly InstanceType[];
}

export interface NcRunInstanceType extends EucalyptusMessage {
  imageId: string;
  kernelId?: string | undefined;
  ramdiskId?: string | undefined;
  /** URL of the manifest at Walrus */
  imageURL: string;
  kernelURL?: string | undefined;
  ramdiskURL?: string | undefined;
  reservationId: string;
  instanceId: string;
  instanceType: VirtualMachineType;
  /** the whole public key line */
  keyName: string;
  netParams: NetConfigType;
  /** base64 */
  userData?: string | undefined;
  /** decimal */
  launchIndex?: string | undefined;
  platform?: string | undefined;
  groupNames: readonly string[];
}

export interface NcRunInstanceResponseType extends EucalyptusMessage {
  instance?: InstanceType | undefined;
}

export interface NcTerminateInstanceType extends EucalyptusMessage {
  instanceId: string;
}

export interface NcTerminateInstanceResponseType extends EucalyptusMessage {
  instanceId: string;
  /** number of the state, decimal */
  shutdownState?: string | undefined;
  /** number of the state, decimal */
  previousState?: string | undefined;
}

export interface NcRebootInstanceType extends EucalyptusMessage {
  instanceId: string;
}

export interface NcRebootInstanceResponseType extends EucalyptusMessage {
  /** false is success: originals write their return code 0 here */
  status: boolean;
}

export interface NcGetConsoleOutputType extends EucalyptusMessage {
  instanceId: string;
}

export interface NcGetConsoleOutputResponseType extends EucalyptusMessage {
  /** base64 */
  consoleOutput: string;
}

export interface NcStartNetworkType extends EucalyptusMessage {
  /** not used */
  remoteHosts: readonly string[];
  /** not used */
  remoteHostPort?: number | undefined;
  /** -1 or 0: none */
  vlan?: number | undefined;
}

export interface NcStartNetworkResponseType extends EucalyptusMessage {
  /** SUCCESS or FAIL */
  networkStatus?: string | undefined;
}

export interface NcAttachVolumeType extends EucalyptusMessage {
  instanceId?: string | undefined;
  volumeId?: string | undefined;
  remoteDev?: string | undefined;
  localDev?: string | undefined;
}

export type NcAttachVolumeResponseType = EucalyptusMessage;

export interface NcDetachVolumeType extends EucalyptusMessage {
  instanceId?: string | undefined;
  volumeId?: string | undefined;
  remoteDev?: string | undefined;
  localDev?: string | undefined;
  force?: boolean | undefined;
}

export type NcDetachVolumeResponseType = EucalyptusMessage;

export type NcPowerDownType = EucalyptusMessage;

export type NcPowerDownResponseType = EucalyptusMessage;

export interface NcBundleInstanceType extends EucalyptusMessage {
  instanceId?: string | undefined;
  bucketName?: string | undefined;
  filePrefix?: string | undefined;
  walrusURL?: string | undefined;
  /** an access key id, whatever its name says */
  userPublicKey?: string | undefined;
  cloudPublicKey?: string | undefined;
  /** base64 */
  S3Policy?: string | undefined;
  S3PolicySig?: string | undefined;
}

export type NcBundleInstanceResponseType = EucalyptusMessage;

export interface NcCancelBundleTaskType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export type NcCancelBundleTaskResponseType = EucalyptusMessage;

/** One bundling. */
export interface BundleTaskType {
  instanceId?: string | undefined;
  state?: string | undefined;
  manifest?: string | undefined;
}

export interface NcDescribeBundleTasksType extends EucalyptusMessage {
  instanceIds: readonly string[];
}

export interface NcDescribeBundleTasksResponseType extends EucalyptusMessage {
  bundleTasks: readonly BundleTaskType[];
}

export interface EucalyptusNCOperations_2_0 {
  /** What the node has and what of it is free. */
  ncDescribeResource: { request: NcDescribeResourceType; response: NcDescribeResourceResponseType };
  /** The instances of the node; all of them for userId eucalyptus. */
  ncDescribeInstances: { request: NcDescribeInstancesType; response: NcDescribeInstancesResponseType };
  /** Takes an instance on and answers at once; fetching the image and booting go on behind. */
  ncRunInstance: { request: NcRunInstanceType; response: NcRunInstanceResponseType };
  /** Ends an instance; the answer does not wait for the end. */
  ncTerminateInstance: { request: NcTerminateInstanceType; response: NcTerminateInstanceResponseType };
  /** Reboots an instance. */
  ncRebootInstance: { request: NcRebootInstanceType; response: NcRebootInstanceResponseType };
  /** The end of the console text. */
  ncGetConsoleOutput: { request: NcGetConsoleOutputType; response: NcGetConsoleOutputResponseType };
  /** Prepares the bridge and VLAN for instances to come; the same call again changes nothing. */
  ncStartNetwork: { request: NcStartNetworkType; response: NcStartNetworkResponseType };
  /** Attaches a volume to an instance and waits for it. */
  ncAttachVolume: { request: NcAttachVolumeType; response: NcAttachVolumeResponseType };
  /** Detaches a volume and waits for it. */
  ncDetachVolume: { request: NcDetachVolumeType; response: NcDetachVolumeResponseType };
  /** Puts the node to sleep. */
  ncPowerDown: { request: NcPowerDownType; response: NcPowerDownResponseType };
  /** Shuts an instance down and uploads its disk as a bundle. */
  ncBundleInstance: { request: NcBundleInstanceType; response: NcBundleInstanceResponseType };
  /** Stops a bundling. */
  ncCancelBundleTask: { request: NcCancelBundleTaskType; response: NcCancelBundleTaskResponseType };
  /** State of the bundlings. */
  ncDescribeBundleTasks: { request: NcDescribeBundleTasksType; response: NcDescribeBundleTasksResponseType };
}
