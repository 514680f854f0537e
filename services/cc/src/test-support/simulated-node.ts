import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, Metrics } from '@mallee/daemon';
import { MalleeError, type ErrorCode } from '@mallee/errors';
import { createSoapHandler } from '@mallee/soap-rpc';
import {
  EucalyptusNC_2_0,
  MalleeExtension,
  type EucalyptusNCOperations_2_0,
  type EucalyptusNCTypes_2_0 as Nc,
  type MalleeExtensionOperations,
} from '@mallee/wsdl-types';
import type { Keys } from './keys.js';

export interface NodeSize {
  readonly cores: number;
  readonly memory: number;
  readonly disk: number;
}

export type OrderMoment = 'network' | 'run' | 'has-run' | 'terminate' | 'has-terminated';

/** A node controller without a hypervisor: real HTTP, real signatures, instances that only exist as records. */
export class SimulatedNode {
  readonly instances = new Map<string, Nc.InstanceType>();
  readonly reasons = new Map<string, { code: ErrorCode; message: string }>();
  readonly runs: string[] = [];
  readonly terminations: string[] = [];
  polls = 0;
  /** Refuses ncRunInstance with this. */
  refusal: MalleeError | undefined;
  /** Carries ncRunInstance out only after this. */
  runLateMs = 0;
  /** Answers ncRunInstance only after this, though it carries it out at once. */
  runDelayMs = 0;
  /** Called when an order arrives, and again when it has been carried out, before it is answered. */
  onOrder: (moment: OrderMoment) => void = () => undefined;
  /** Holds the answer to a poll back. */
  onPoll: () => Promise<void> = () => Promise.resolve();
  /** Offers DescribeDetails, as originals do not. */
  offersDetails = true;
  readonly #keys: Keys;
  readonly #size: NodeSize;
  #server: Server | undefined;
  #port = 0;

  constructor(keys: Keys, size: NodeSize = { cores: 4, memory: 4096, disk: 100 }) {
    this.#keys = keys;
    this.#size = size;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}${EucalyptusNC_2_0.path}`;
  }

  /** Listens; after `down` on the same port again. */
  async up(): Promise<void> {
    const logger = createLogger({ name: 'node', level: 'silent' });
    const common = { identity: this.#keys.node, trusted: () => [this.#keys.cluster.certificatePem], logger };
    const metrics = new Metrics();
    const nc = createSoapHandler<EucalyptusNCOperations_2_0>({
      ...common,
      metrics,
      service: EucalyptusNC_2_0,
      handlers: {
        ncDescribeResource: () => Promise.resolve(this.#describeResource()),
        ncDescribeInstances: async () => {
          await this.onPoll();
          return this.#describeInstances();
        },
        ncStartNetwork: () => {
          this.onOrder('network');
          return Promise.resolve({ networkStatus: 'SUCCESS', statusMessage: 0 });
        },
        ncRunInstance: (request) => this.#run(request),
        ncTerminateInstance: (request) => Promise.resolve(this.#terminate(request.instanceId)),
        ncRebootInstance: () => Promise.resolve({ status: false }),
        ncGetConsoleOutput: ({ instanceId }) =>
          Promise.resolve({ consoleOutput: Buffer.from(`console of ${instanceId}`).toString('base64') }),
      },
    });
    const extension = createSoapHandler<MalleeExtensionOperations>({
      ...common,
      metrics: new Metrics(),
      service: MalleeExtension,
      handlers: this.offersDetails ? { DescribeDetails: ({ instanceIds }) => this.#describeDetails(instanceIds) } : {},
    });
    const server = createServer((request, response) => {
      void (request.url === MalleeExtension.path ? extension : nc)(request, response);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  setState(id: string, stateName: 'Pending' | 'Extant' | 'Teardown'): void {
    const instance = this.instances.get(id);
    if (instance !== undefined) this.instances.set(id, { ...instance, stateName });
  }

  /** Ends an instance as a failing hook would. */
  fail(id: string, code: ErrorCode, message: string): void {
    this.reasons.set(id, { code, message });
    this.setState(id, 'Teardown');
  }

  get #used(): NodeSize {
    const alive = [...this.instances.values()].filter((instance) => instance.stateName !== 'Teardown');
    const sum = (pick: (type: Nc.VirtualMachineType) => number | undefined): number =>
      alive.reduce((total, { instanceType }) => total + (pick(instanceType) ?? 0), 0);
    return { cores: sum((t) => t.cores), memory: sum((t) => t.memory), disk: sum((t) => t.disk) };
  }

  #describeResource(): Nc.NcDescribeResourceResponseType {
    const used = this.#used;
    return {
      nodeStatus: 'OK',
      memorySizeMax: this.#size.memory,
      memorySizeAvailable: this.#size.memory - used.memory,
      diskSizeMax: this.#size.disk,
      diskSizeAvailable: this.#size.disk - used.disk,
      numberOfCoresMax: this.#size.cores,
      numberOfCoresAvailable: this.#size.cores - used.cores,
      publicSubnets: 'none',
    };
  }

  #describeInstances(): Nc.NcDescribeInstancesResponseType {
    this.polls += 1;
    return { instances: [...this.instances.values()] };
  }

  async #run(request: Nc.NcRunInstanceType): Promise<Nc.NcRunInstanceResponseType> {
    this.onOrder('run');
    this.runs.push(request.instanceId);
    if (this.refusal !== undefined) throw this.refusal;
    if (this.runLateMs > 0) await sleep(this.runLateMs, undefined, { ref: false });
    if (this.instances.has(request.instanceId)) {
      throw new MalleeError('Node.DuplicateInstance', `${request.instanceId} is here already`);
    }
    const { reservationId, instanceId, imageId, keyName, instanceType, netParams, groupNames } = request;
    const { userData = '', launchIndex = '0', userId = '' } = request;
    const head = {
      reservationId,
      instanceId,
      imageId,
      userId,
      keyName,
      instanceType,
      netParams,
      userData,
      launchIndex,
    };
    const launchTime = new Date().toISOString();
    const tail = { stateName: 'Pending', bundleTaskStateName: 'none', launchTime, groupNames, volumes: [] };
    const instance: Nc.InstanceType = { ...head, ...tail };
    this.instances.set(instanceId, instance);
    this.onOrder('has-run');
    if (this.runDelayMs > 0) await sleep(this.runDelayMs, undefined, { ref: false });
    return { instance };
  }

  #terminate(id: string): Nc.NcTerminateInstanceResponseType {
    this.onOrder('terminate');
    this.terminations.push(id);
    if (!this.instances.has(id)) throw new MalleeError('Node.UnknownInstance', `${id} is not here`);
    this.setState(id, 'Teardown');
    this.onOrder('has-terminated');
    return { instanceId: id, shutdownState: '14', previousState: '1' };
  }

  #describeDetails(ids: readonly string[]) {
    const details = ids.flatMap((instanceId) => {
      const instance = this.instances.get(instanceId);
      const reason = this.reasons.get(instanceId);
      if (instance === undefined) return [];
      const why = reason === undefined ? {} : { reasonCode: reason.code, reasonMessage: reason.message };
      return [{ instanceId, stateName: instance.stateName, ...why }];
    });
    return Promise.resolve({ details });
  }
}
