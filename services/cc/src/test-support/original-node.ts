import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, Metrics } from '@mallee/daemon';
import { createSoapEndpoint, notSupported, serve, type ServedDialect } from '@mallee/soap-rpc';
import {
  services,
  type Dialect,
  type EucalyptusNCOperations_2_0,
  type EucalyptusNCOperations_4_4,
  type EucalyptusNCTypes_2_0 as Nc20,
  type EucalyptusNCTypes_4_4 as Nc44,
} from '@mallee/wsdl-types';
import type { Keys } from './keys.js';

export interface OriginalNodeOptions {
  readonly dialect: Dialect;
  readonly profile: 'body-timestamp' | 'headers-only';
}

const SIZES = {
  memorySizeMax: 4096,
  memorySizeAvailable: 4096,
  diskSizeMax: 100,
  diskSizeAvailable: 100,
  numberOfCoresMax: 4,
  numberOfCoresAvailable: 4,
  publicSubnets: 'none',
};
const NO_SERVICES = { services: [], disabledServices: [], notreadyServices: [] };
const none = notSupported('not in this test');

interface Stored {
  readonly order: Nc20.NcRunInstanceType | Nc44.NcRunInstanceType;
  state: string;
}

/**
 * Stands for a node controller of the original: one dialect, one profile, SHA-1, nothing of Mallee's own, and requests
 * that come while it serves another are counted.
 */
export class OriginalNode {
  readonly stored = new Map<string, Stored>();
  readonly nodeNames = new Set<string | undefined>();
  readonly calls: string[] = [];
  /** Requests that were there at the same time at most. */
  mostAtOnce = 0;
  #active = 0;
  readonly #keys: Keys;
  readonly #options: OriginalNodeOptions;
  #server: Server | undefined;
  url = '';

  constructor(keys: Keys, options: OriginalNodeOptions) {
    this.#keys = keys;
    this.#options = options;
  }

  async up(): Promise<void> {
    const { profile, dialect } = this.#options;
    const certificatePem = this.#keys.cluster.certificatePem;
    const handler = createSoapEndpoint({
      dialects: [dialect === '2.0' ? this.#dialect20() : this.#dialect44()],
      identity: this.#keys.node,
      trusted: () => [certificatePem],
      peers: () => [{ certificatePem, dialect, profile, suite: 'rsa-sha1' }],
      logger: createLogger({ name: 'original', level: 'silent' }),
      metrics: new Metrics(),
    });
    const server = createServer((request, response) => {
      if (request.url === services.EucalyptusNC['2.0'].path) void handler(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${String(port)}${services.EucalyptusNC['2.0'].path}`;
  }

  async down(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** One request; holds it long enough for a second one to be seen. */
  async #one<Reply>(name: string, request: { nodeName?: string | undefined }, run: () => Reply): Promise<Reply> {
    this.#active += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#active);
    this.nodeNames.add(request.nodeName);
    this.calls.push(name);
    await sleep(20);
    this.#active -= 1;
    return run();
  }

  #terminate(id: string) {
    const known = this.stored.get(id);
    if (known !== undefined) known.state = 'Teardown';
    return { instanceId: id, shutdownState: '14', previousState: '13' };
  }

  #dialect20(): ServedDialect {
    const show = ({ order, state }: Stored): Nc20.InstanceType => {
      const { reservationId, instanceId, imageId = '', keyName, netParams, userId = '', groupNames } = order;
      const { instanceType } = order as Nc20.NcRunInstanceType;
      const tail = { stateName: state, bundleTaskStateName: 'none', groupNames, volumes: [] };
      return { reservationId, instanceId, imageId, userId, keyName, instanceType, netParams, ...tail };
    };
    return serve<EucalyptusNCOperations_2_0>(services.EucalyptusNC['2.0'], {
      ncDescribeResource: (request) => this.#one('ncDescribeResource', request, () => ({ ...SIZES, nodeStatus: 'OK' })),
      ncDescribeInstances: (request) =>
        this.#one('ncDescribeInstances', request, () => ({ instances: [...this.stored.values()].map(show) })),
      ncStartNetwork: (request) =>
        this.#one('ncStartNetwork', request, () => ({ networkStatus: 'SUCCESS', statusMessage: 0 })),
      ncRunInstance: (request) =>
        this.#one('ncRunInstance', request, () => {
          this.stored.set(request.instanceId, { order: request, state: 'Extant' });
          return { instance: show({ order: request, state: 'Pending' }) };
        }),
      ncTerminateInstance: (request) =>
        this.#one('ncTerminateInstance', request, () => this.#terminate(request.instanceId)),
      ncRebootInstance: (request) => this.#one('ncRebootInstance', request, () => ({ status: false })),
      ncGetConsoleOutput: (request) => this.#one('ncGetConsoleOutput', request, () => ({ consoleOutput: 'b2xk' })),
      ncPowerDown: none,
      ncAttachVolume: none,
      ncDetachVolume: none,
      ncBundleInstance: none,
      ncCancelBundleTask: none,
      ncDescribeBundleTasks: none,
    });
  }

  #dialect44(): ServedDialect {
    const show = ({ order, state }: Stored): Nc44.InstanceType => {
      const given = order as Nc44.NcRunInstanceType;
      const {
        reservationId,
        instanceId,
        imageId = '',
        keyName,
        netParams,
        userId = '',
        uuid,
        ownerId,
        accountId,
      } = given;
      const { instanceType, groupNames, groupIds } = given;
      const head = { uuid, reservationId, instanceId, imageId, userId, ownerId, accountId, keyName };
      const tail = { bundleTaskStateName: 'none', groupNames, groupIds, volumes: [], secondaryNetConfig: [] };
      return { ...head, instanceType, netParams, stateName: state, ...tail };
    };
    const more = { nodeStatus: 'enabled', migrationCapable: false, iqn: 'iqn.2026-01.test', hypervisor: 'kvm' };
    return serve<EucalyptusNCOperations_4_4>(services.EucalyptusNC['4.4'], {
      ncDescribeResource: (request) =>
        this.#one('ncDescribeResource', request, () => ({ ...NO_SERVICES, ...SIZES, ...more })),
      ncDescribeInstances: (request) =>
        this.#one('ncDescribeInstances', request, () => ({
          ...NO_SERVICES,
          instances: [...this.stored.values()].map(show),
        })),
      ncStartNetwork: (request) =>
        this.#one('ncStartNetwork', request, () => ({ ...NO_SERVICES, networkStatus: 'SUCCESS' })),
      ncRunInstance: (request) =>
        this.#one('ncRunInstance', request, () => {
          this.stored.set(request.instanceId, { order: request, state: 'Extant' });
          return { ...NO_SERVICES, instance: show({ order: request, state: 'Pending' }) };
        }),
      ncTerminateInstance: (request) =>
        this.#one('ncTerminateInstance', request, () => ({ ...NO_SERVICES, ...this.#terminate(request.instanceId) })),
      ncRebootInstance: (request) => this.#one('ncRebootInstance', request, () => ({ ...NO_SERVICES, status: false })),
      ncGetConsoleOutput: (request) =>
        this.#one('ncGetConsoleOutput', request, () => ({ ...NO_SERVICES, consoleOutput: 'b2xk' })),
      ncPowerDown: none,
      ncAttachVolume: none,
      ncDetachVolume: none,
      ncBundleInstance: none,
      ncCancelBundleTask: none,
      ncBroadcastNetworkInfo: none,
      ncAssignAddress: none,
      ncAttachNetworkInterface: none,
      ncDetachNetworkInterface: none,
      ncCreateImage: none,
      ncBundleRestartInstance: none,
      ncDescribeSensors: none,
      ncModifyNode: none,
      ncMigrateInstances: none,
      ncStartInstance: none,
      ncStopInstance: none,
    });
  }
}
