/** An instance as a cluster reports it, whatever the dialect: nothing of it is checked yet. */
export interface ReportedInstance {
  readonly instanceId?: string | undefined;
  readonly stateName?: string | undefined;
  readonly netParams?: { readonly privateIp: string; readonly publicIp: string } | undefined;
  /** URL of its node. */
  readonly serviceTag?: string | undefined;
}

/** A VM type by its size. MB, cores, GB. */
export interface TypeSize {
  readonly name: string;
  readonly memory: number;
  readonly cores: number;
  readonly disk: number;
}

/** How often a type fits, as a cluster says it: nothing of it is checked yet. */
export interface ReportedRoom {
  readonly name: string | undefined;
  readonly available: number;
  readonly maximum: number;
}

/** A kernel or ramdisk, and the URL of its manifest if there is one. */
export interface LaunchSource {
  readonly id: string;
  readonly url?: string | undefined;
}

/** The order for one instance. */
export interface ClusterLaunch {
  readonly instanceId: string;
  readonly reservationId: string;
  readonly accountId: string;
  readonly userId: string;
  readonly launchIndex: number;
  readonly image: LaunchSource & { readonly url: string };
  readonly kernel?: LaunchSource | undefined;
  readonly ramdisk?: LaunchSource | undefined;
  readonly type: TypeSize;
  readonly publicKey: string;
  /** At least one. */
  readonly groupNames: readonly string[];
  readonly groupIds: readonly string[];
  readonly mac: string;
  /** Base64. */
  readonly userData: string;
  readonly platform: string;
}

export interface ClusterCallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * What the cloud asks of a cluster, in no dialect. Every call rejects as SoapClient.call does; with Wire.NotForOriginal
 * (nothing was sent) when an original could not read the message; with Cluster.NotEnabled when a cluster of dialect 4.4
 * does not become ENABLED.
 */
export interface ClusterPort {
  describeInstances(options?: ClusterCallOptions): Promise<readonly ReportedInstance[]>;
  describeResources(types: readonly TypeSize[], options?: ClusterCallOptions): Promise<readonly ReportedRoom[]>;
  runInstance(launch: ClusterLaunch, options?: ClusterCallOptions): Promise<readonly ReportedInstance[]>;
  terminateInstances(userId: string, ids: readonly string[], options?: ClusterCallOptions): Promise<void>;
  rebootInstances(ids: readonly string[], options?: ClusterCallOptions): Promise<void>;
  /** Base64 as the node gave it; an original says EMPTY, in clear or encoded, when there is none. */
  getConsoleOutput(id: string, options?: ClusterCallOptions): Promise<string | undefined>;
}

/** The user of requests that the cloud makes of its own accord. */
export const SYSTEM = 'eucalyptus';
