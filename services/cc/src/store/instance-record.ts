/** The states of the wire; Unknown is never stored, it is what DescribeDetails says while the node does not answer. */
export type InstanceState = 'Pending' | 'Extant' | 'Teardown';

/** none: no node was asked; started: ncRunInstance was sent and its outcome is not known; accepted: the node has it. */
export type NodeCall = 'none' | 'started' | 'accepted';

export interface VmType {
  readonly name: string;
  /** MB */
  readonly memory: number;
  readonly cores: number;
  /** GB */
  readonly disk: number;
  readonly deviceMapping: readonly DeviceMapping[];
}

/** One line of the block device mapping; every element is there, for original peers crash without. */
export interface DeviceMapping {
  readonly deviceName: string;
  readonly virtualName: string;
  /** MB; 0: as large as the image. */
  readonly size: number;
  readonly format: string;
}

export interface Volume {
  readonly volumeId: string;
  readonly remoteDev: string;
  readonly localDev: string;
  readonly state: string;
}

/** What the cluster knows of an instance. */
export interface InstanceRecord {
  readonly id: string;
  readonly reservationId: string;
  /** Owner. */
  readonly userId: string;
  /** Of dialect 4.4; null: nobody said. */
  readonly uuid: string | null;
  readonly accountId: string | null;
  readonly expiryTime: Date | null;
  readonly imageId: string;
  readonly kernelId: string;
  readonly ramdiskId: string;
  readonly imageUrl: string;
  readonly kernelUrl: string;
  readonly ramdiskUrl: string;
  /** The public key itself, as on the wire. */
  readonly keyName: string;
  readonly userData: string;
  readonly launchIndex: string;
  readonly platform: string;
  readonly groupNames: readonly string[];
  readonly groupIds: readonly string[];
  readonly vmType: VmType;
  readonly mac: string;
  readonly privateIp: string;
  readonly publicIp: string;
  readonly vlan: number;
  readonly networkIndex: number;
  readonly volumes: readonly Volume[];
  readonly bundleState: string;
  readonly state: InstanceState;
  readonly nodeUrl: string | null;
  readonly nodeCall: NodeCall;
  readonly acceptedAt: Date | null;
  readonly refusals: Readonly<Record<string, string>>;
  readonly launchDeadline: Date | null;
  readonly launchTime: Date | null;
  readonly terminateRequestedAt: Date | null;
  readonly terminateSentAt: Date | null;
  readonly absentPolls: number;
  readonly absentSince: Date | null;
  readonly reasonCode: string | null;
  readonly reasonMessage: string | null;
  readonly correlationId: string | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** Column of each property; the one place where the two names meet. */
const columns: Readonly<Record<keyof InstanceRecord, string>> = {
  id: 'id',
  reservationId: 'reservation_id',
  userId: 'user_id',
  uuid: 'uuid',
  accountId: 'account_id',
  expiryTime: 'expiry_time',
  imageId: 'image_id',
  kernelId: 'kernel_id',
  ramdiskId: 'ramdisk_id',
  imageUrl: 'image_url',
  kernelUrl: 'kernel_url',
  ramdiskUrl: 'ramdisk_url',
  keyName: 'key_name',
  userData: 'user_data',
  launchIndex: 'launch_index',
  platform: 'platform',
  groupNames: 'group_names',
  groupIds: 'group_ids',
  vmType: 'vm_type',
  mac: 'mac',
  privateIp: 'private_ip',
  publicIp: 'public_ip',
  vlan: 'vlan',
  networkIndex: 'network_index',
  volumes: 'volumes',
  bundleState: 'bundle_state',
  state: 'state',
  nodeUrl: 'node_url',
  nodeCall: 'node_call',
  acceptedAt: 'accepted_at',
  refusals: 'refusals',
  launchDeadline: 'launch_deadline',
  launchTime: 'launch_time',
  terminateRequestedAt: 'terminate_requested_at',
  terminateSentAt: 'terminate_sent_at',
  absentPolls: 'absent_polls',
  absentSince: 'absent_since',
  reasonCode: 'reason_code',
  reasonMessage: 'reason_message',
  correlationId: 'correlation_id',
  createdAt: 'created_at',
  changedAt: 'changed_at',
};

/** `select ${instanceColumns} from instance` gives InstanceRecords. */
export const instanceColumns = Object.entries(columns)
  .map(([property, column]) => `${column} as "${property}"`)
  .join(', ');

/** What a launch gives; everything else has a default. */
export type NewInstance = Omit<
  InstanceRecord,
  | 'acceptedAt'
  | 'refusals'
  | 'launchDeadline'
  | 'terminateRequestedAt'
  | 'terminateSentAt'
  | 'absentPolls'
  | 'absentSince'
  | 'reasonCode'
  | 'reasonMessage'
  | 'createdAt'
  | 'changedAt'
>;

const json = new Set<keyof InstanceRecord>(['vmType', 'volumes', 'refusals']);

/** Columns and values for an insert or update of some properties; json columns are given as text. */
export function toColumns(values: Partial<InstanceRecord>): { names: string[]; values: unknown[] } {
  const keys = Object.keys(values) as (keyof InstanceRecord)[];
  return {
    names: keys.map((key) => columns[key]),
    values: keys.map((key) => (json.has(key) ? JSON.stringify(values[key]) : values[key])),
  };
}
