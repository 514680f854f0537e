// Generated from wsdl/4.4/nc.wsdl by `npm run generate`; do not edit.

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

/** First elements of every NC message. */
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

/** An instance as its node reports it. */
export interface InstanceType {
  /** UUID that the cloud gave */
  uuid: string;
  reservationId: string;
  instanceId: string;
  imageId: string;
  kernelId?: string | undefined;
  ramdiskId?: string | undefined;
  /** the owner */
  userId: string;
  ownerId: string;
  /** account number */
  accountId: string;
  /** the whole public key line */
  keyName: string;
  instanceType: VirtualMachineType;
  netParams?: NetConfigType | undefined;
  /** Pending, Extant or Teardown */
  stateName: string;
  /** none when no bundling was asked for; original peers crash without it */
  bundleTaskStateName?: string | undefined;
  /** part done */
  bundleTaskProgress?: number | undefined;
  /** none, creating, succeeded, failed or cancelled */
  createImageStateName?: string | undefined;
  /** UTC */
  launchTime?: string | undefined;
  /** when the instance ends at the latest */
  expiryTime?: string | undefined;
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
  /** base64 */
  userData?: string | undefined;
  /** decimal */
  launchIndex?: string | undefined;
  /** linux or windows */
  platform?: string | undefined;
  groupNames: readonly string[];
  /** security group ids */
  groupIds: readonly string[];
  volumes: readonly VolumeType[];
  serviceTag?: string | undefined;
  /** 1: has a floppy with credentials (spelled so on the wire) */
  hasFloopy?: number | undefined;
  /** further interfaces */
  secondaryNetConfig: readonly NetConfigType[];
}

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

/** Declared by the interface, used by no message. */
export interface BundleTaskType {
  instanceId?: string | undefined;
  state?: string | undefined;
  manifest?: string | undefined;
  progress?: number | undefined;
}

export interface NcDescribeResourceType extends EucalyptusMessage {
  /** not used */
  resourceType?: string | undefined;
}

export interface NcDescribeResourceResponseType extends EucalyptusMessage {
  /** enabled or disabled */
  nodeStatus: string;
  /** whether instances can leave or enter it while they run */
  migrationCapable: boolean;
  /** iSCSI name of the node as initiator */
  iqn: string;
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
  /** kvm or xen */
  hypervisor: string;
}

export interface NcDescribeInstancesType extends EucalyptusMessage {
  /** none: all */
  instanceIds: readonly string[];
}

export interface NcDescribeInstancesResponseType extends EucalyptusMessage {
  instances: readonly InstanceType[];
}

export interface NcRunInstanceType extends EucalyptusMessage {
  imageId?: string | undefined;
  kernelId?: string | undefined;
  ramdiskId?: string | undefined;
  /** URL of the manifest at Walrus */
  imageURL?: string | undefined;
  kernelURL?: string | undefined;
  ramdiskURL?: string | undefined;
  ownerId: string;
  /** account number */
  accountId: string;
  reservationId: string;
  instanceId: string;
  /** UUID that the cloud gave */
  uuid: string;
  instanceType: VirtualMachineType;
  /** the whole public key line */
  keyName: string;
  netParams: NetConfigType;
  /** base64 */
  userData?: string | undefined;
  /** base64; the guest finds it on a floppy */
  credential?: string | undefined;
  /** decimal */
  launchIndex?: string | undefined;
  platform?: string | undefined;
  /** when the instance ends at the latest */
  expiryTime?: string | undefined;
  groupNames: readonly string[];
  /** root device as the image names it */
  rootDirective?: string | undefined;
  /** security group ids */
  groupIds: readonly string[];
  /** further interfaces */
  secondaryNetConfig: readonly NetConfigType[];
}

export interface NcRunInstanceResponseType extends EucalyptusMessage {
  instance?: InstanceType | undefined;
}

export interface NcTerminateInstanceType extends EucalyptusMessage {
  instanceId: string;
  /** true: leave out the gentle steps */
  force: boolean;
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
  /** UUID that the cloud gave */
  uuid?: string | undefined;
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
  /** true: leave out the gentle steps */
  force?: boolean | undefined;
}

export type NcDetachVolumeResponseType = EucalyptusMessage;

export type NcPowerDownType = EucalyptusMessage;

export type NcPowerDownResponseType = EucalyptusMessage;

export interface NcBundleInstanceType extends EucalyptusMessage {
  instanceId?: string | undefined;
  bucketName?: string | undefined;
  filePrefix?: string | undefined;
  /** endpoint of the object store */
  objectStorageURL?: string | undefined;
  /** an access key id, whatever its name says */
  userPublicKey?: string | undefined;
  cloudPublicKey?: string | undefined;
  /** base64 */
  S3Policy?: string | undefined;
  S3PolicySig?: string | undefined;
  /** i386 or x86_64 */
  architecture?: string | undefined;
}

export type NcBundleInstanceResponseType = EucalyptusMessage;

export interface NcCancelBundleTaskType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export type NcCancelBundleTaskResponseType = EucalyptusMessage;

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

export interface NcDescribeSensorsType extends EucalyptusMessage {
  /** how many values to keep */
  historySize?: number | undefined;
  /** milliseconds between two values */
  collectionIntervalTimeMs?: number | undefined;
  instanceIds: readonly string[];
  /** metrics asked for; none: all */
  sensorIds: readonly string[];
}

export interface NcDescribeSensorsResponseType extends EucalyptusMessage {
  sensorsResources: readonly SensorsResourceType[];
}

export interface NcBroadcastNetworkInfoType extends EucalyptusMessage {
  /** base64 of the document that describes all networks */
  networkInfo: string;
}

export type NcBroadcastNetworkInfoResponseType = EucalyptusMessage;

export interface NcAssignAddressType extends EucalyptusMessage {
  instanceId: string;
  /** 0.0.0.0 for none */
  publicIp: string;
}

export type NcAssignAddressResponseType = EucalyptusMessage;

export interface NcAttachNetworkInterfaceType extends EucalyptusMessage {
  instanceId?: string | undefined;
  netConfig?: NetConfigType | undefined;
}

export type NcAttachNetworkInterfaceResponseType = EucalyptusMessage;

export interface NcDetachNetworkInterfaceType extends EucalyptusMessage {
  instanceId?: string | undefined;
  /** eni-attach-... */
  attachmentId?: string | undefined;
  /** true: leave out the gentle steps */
  force?: boolean | undefined;
}

export type NcDetachNetworkInterfaceResponseType = EucalyptusMessage;

export interface NcCreateImageType extends EucalyptusMessage {
  instanceId?: string | undefined;
  volumeId?: string | undefined;
  remoteDev?: string | undefined;
}

export type NcCreateImageResponseType = EucalyptusMessage;

export interface NcBundleRestartInstanceType extends EucalyptusMessage {
  instanceId?: string | undefined;
}

export type NcBundleRestartInstanceResponseType = EucalyptusMessage;

export interface NcModifyNodeType extends EucalyptusMessage {
  /** enabled or disabled */
  stateName?: string | undefined;
}

export type NcModifyNodeResponseType = EucalyptusMessage;

export interface NcMigrateInstancesType extends EucalyptusMessage {
  instances: readonly InstanceType[];
  /** prepare, commit or rollback */
  action: string;
  /** secret shared by the two nodes, 16 characters */
  credentials?: string | undefined;
  /** ID=URL of the images in use */
  resourceLocation: readonly string[];
}

export type NcMigrateInstancesResponseType = EucalyptusMessage;

export interface NcStartInstanceType extends EucalyptusMessage {
  instanceId: string;
}

export type NcStartInstanceResponseType = EucalyptusMessage;

export interface NcStopInstanceType extends EucalyptusMessage {
  instanceId: string;
}

export type NcStopInstanceResponseType = EucalyptusMessage;

export interface EucalyptusNCOperations_4_4 {
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
  /** Measurements of instances; sets how often they are taken. */
  ncDescribeSensors: { request: NcDescribeSensorsType; response: NcDescribeSensorsResponseType };
  /** The description of all networks. Its soapAction lacks the nc of the name. */
  ncBroadcastNetworkInfo: { request: NcBroadcastNetworkInfoType; response: NcBroadcastNetworkInfoResponseType };
  /** Tells the node the public address of an instance. */
  ncAssignAddress: { request: NcAssignAddressType; response: NcAssignAddressResponseType };
  /** Gives an instance a further network interface. */
  ncAttachNetworkInterface: { request: NcAttachNetworkInterfaceType; response: NcAttachNetworkInterfaceResponseType };
  /** Takes a network interface from an instance. */
  ncDetachNetworkInterface: { request: NcDetachNetworkInterfaceType; response: NcDetachNetworkInterfaceResponseType };
  /** Writes the root disk of an instance to a volume. */
  ncCreateImage: { request: NcCreateImageType; response: NcCreateImageResponseType };
  /** Starts the guest again after bundling. */
  ncBundleRestartInstance: { request: NcBundleRestartInstanceType; response: NcBundleRestartInstanceResponseType };
  /** Takes this node into use or out of it. */
  ncModifyNode: { request: NcModifyNodeType; response: NcModifyNodeResponseType };
  /** One step of moving instances to or from this node. */
  ncMigrateInstances: { request: NcMigrateInstancesType; response: NcMigrateInstancesResponseType };
  /** Powers on a guest that its node has kept. */
  ncStartInstance: { request: NcStartInstanceType; response: NcStartInstanceResponseType };
  /** Powers off a guest and keeps it on its node. */
  ncStopInstance: { request: NcStopInstanceType; response: NcStopInstanceResponseType };
}
