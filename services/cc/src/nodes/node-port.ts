import type { MalleeExtensionTypes } from '@mallee/wsdl-types';
import type { InstanceRecord, VmType, Volume } from '../store/instance-record.js';
import type { NodeReport } from '../store/nodes.js';

/** An instance as its node reports it, whatever the dialect of the node. */
export interface Sighting {
  readonly instanceId: string;
  readonly reservationId: string;
  /** Owner. */
  readonly userId: string;
  readonly uuid?: string | undefined;
  readonly accountId?: string | undefined;
  readonly imageId: string;
  readonly kernelId?: string | undefined;
  readonly ramdiskId?: string | undefined;
  readonly keyName: string;
  readonly instanceType: Partial<VmType>;
  readonly netParams?: SightedNetwork | undefined;
  /** Pending, Extant, Teardown; nothing else counts as alive. */
  readonly stateName: string;
  readonly bundleTaskStateName?: string | undefined;
  /** ISO 8601. */
  readonly launchTime?: string | undefined;
  readonly userData?: string | undefined;
  readonly launchIndex?: string | undefined;
  readonly platform?: string | undefined;
  readonly groupNames: readonly string[];
  readonly groupIds?: readonly string[] | undefined;
  readonly volumes: readonly Partial<Volume>[];
}

export interface SightedNetwork {
  readonly privateMacAddress: string;
  readonly privateIp: string;
  readonly publicIp: string;
  readonly vlan: number;
  readonly networkIndex: number;
}

export type InstanceDetails = MalleeExtensionTypes.InstanceDetailsType;

/**
 * What the cluster asks of a node, in no dialect. Every call rejects as SoapClient.call does, and with Wire.NotForOriginal
 * (nothing was sent) when an original node could not read the message.
 */
export interface NodePort {
  describeInstances(signal?: AbortSignal): Promise<readonly Sighting[]>;
  describeResource(signal?: AbortSignal): Promise<NodeReport>;
  /** Why instances ended, where the node can say; undefined from an original, which cannot. */
  describeDetails(ids: readonly string[], signal?: AbortSignal): Promise<readonly InstanceDetails[] | undefined>;
  startNetwork(instance: InstanceRecord, signal?: AbortSignal): Promise<void>;
  runInstance(instance: InstanceRecord, signal?: AbortSignal): Promise<void>;
  terminateInstance(userId: string, instanceId: string, signal?: AbortSignal): Promise<void>;
  rebootInstance(userId: string, instanceId: string, signal?: AbortSignal): Promise<void>;
  /** Base64, as it came. */
  getConsoleOutput(userId: string, instanceId: string, signal?: AbortSignal): Promise<string>;
  close(): void;
}
