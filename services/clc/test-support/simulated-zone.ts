import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, Metrics } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { createSoapHandler } from '@mallee/soap-rpc';
import {
  EucalyptusCC_2_0,
  MalleeExtension,
  MalleeStorage,
  type EucalyptusCCOperations_2_0,
  type MalleeExtensionOperations,
  type MalleeStorageOperations,
} from '@mallee/wsdl-types';

export interface Identity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export interface SimulatedInstance {
  stateName: 'Pending' | 'Extant' | 'Teardown' | 'Unknown';
  /** Guests started for this id over all time: more than one means that it was doubled. */
  starts: number;
  terminations: number;
  request?: EucalyptusCCOperations_2_0['RunInstances']['request'];
  reason?: { reasonCode: string; reasonMessage: string };
}

export interface SimulatedVolume {
  size: number;
  status: string;
  reasonCode?: string;
  reasonMessage?: string;
}

export interface SimulatedZoneOptions {
  readonly identity: Identity;
  /** Certificate of the CLC. */
  readonly cloudCertificate: string;
  readonly port?: number;
  /** Where the instances survive a restart, as a cluster controller keeps them in its database. */
  readonly file?: string;
  /** Called at `run received`, `run stored`, `terminate received`; may delay, throw or end the process. */
  readonly at?: (point: string) => Promise<void> | void;
}

/** A cluster controller and a storage controller behind real signatures, without nodes: the tests move the states. */
export class SimulatedZone {
  readonly instances = new Map<string, SimulatedInstance>();
  readonly volumes = new Map<string, SimulatedVolume>();
  /** New instances become this at once. */
  boots: SimulatedInstance['stateName'] = 'Extant';
  capacity = 8;
  polls = 0;
  /** Answers RunInstances with this failure. */
  refusal: MalleeError | undefined;
  /** Every call hangs. */
  deaf = false;
  volumeFailure: MalleeError | undefined;
  readonly #options: SimulatedZoneOptions;
  readonly #server: Server;

  constructor(options: SimulatedZoneOptions) {
    this.#options = options;
    const { file } = options;
    if (file !== undefined) {
      try {
        const saved = JSON.parse(readFileSync(file, 'utf8')) as [string, SimulatedInstance][];
        for (const [id, instance] of saved) this.instances.set(id, instance);
      } catch {
        // The first start.
      }
    }
    const handlers = this.#handlers();
    this.#server = createServer((request, response) => {
      if (this.deaf) return;
      const handler = handlers.get(request.url ?? '');
      if (handler === undefined) response.writeHead(request.url === '/healthz' ? 200 : 404).end();
      else void handler(request, response);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  save(): void {
    if (this.#options.file !== undefined) writeFileSync(this.#options.file, JSON.stringify([...this.instances]));
  }

  #handlers(): Map<string, ReturnType<typeof createSoapHandler>> {
    const common = {
      identity: this.#options.identity,
      trusted: () => [this.#options.cloudCertificate],
      logger: createLogger({ name: 'simulated-zone', level: 'silent' }),
      metrics: new Metrics(),
    };
    const cc = createSoapHandler<EucalyptusCCOperations_2_0>({
      ...common,
      service: EucalyptusCC_2_0,
      handlers: {
        RunInstances: (request) => this.#run(request),
        TerminateInstances: (request) => this.#terminate(request.instanceIds),
        DescribeInstances: () => {
          this.polls++;
          return Promise.resolve({ instances: [...this.instances].map(([id, one]) => this.#view(id, one)) });
        },
        DescribeResources: ({ instanceTypes }) => {
          const room = { availableInstances: this.capacity, maxInstances: this.capacity };
          const resources = instanceTypes.map((instanceType) => ({ instanceType, ...room }));
          return Promise.resolve({ resources, serviceTags: ['http://node:8775/axis2/services/EucalyptusNC'] });
        },
      },
    });
    const extension = createSoapHandler<MalleeExtensionOperations>({
      ...common,
      service: MalleeExtension,
      handlers: {
        DescribeDetails: ({ instanceIds }) => {
          const details = instanceIds.flatMap((instanceId) => {
            const one = this.instances.get(instanceId);
            return one === undefined ? [] : [{ instanceId, stateName: one.stateName, ...one.reason }];
          });
          return Promise.resolve({ details });
        },
      },
    });
    const handlers = [
      [EucalyptusCC_2_0.path, cc],
      [MalleeExtension.path, extension],
      [MalleeStorage.path, this.#storage(common)],
    ] as const;
    return new Map(handlers);
  }

  #storage(common: object): ReturnType<typeof createSoapHandler> {
    const now = (): string => new Date().toISOString();
    return createSoapHandler<MalleeStorageOperations>({
      ...(common as Pick<Parameters<typeof createSoapHandler>[0], 'identity' | 'trusted' | 'logger' | 'metrics'>),
      service: MalleeStorage,
      handlers: {
        CreateStorageVolume: ({ volumeId, size }) => {
          if (this.volumeFailure !== undefined) return Promise.reject(this.volumeFailure);
          this.volumes.set(volumeId, { size, status: 'creating' });
          return Promise.resolve({ volumeId, size, status: 'creating', createTime: now() });
        },
        DescribeStorageVolumes: () => {
          const volumes = [...this.volumes].map(([volumeId, volume]) => ({ volumeId, ...volume, createTime: now() }));
          return Promise.resolve({ volumes });
        },
        DeleteStorageVolume: ({ volumeId }) => {
          if (!this.volumes.delete(volumeId))
            return Promise.reject(new MalleeError('Storage.VolumeNotFound', volumeId));
          return Promise.resolve({});
        },
      },
    });
  }

  async #run(
    request: EucalyptusCCOperations_2_0['RunInstances']['request'],
  ): Promise<EucalyptusCCOperations_2_0['RunInstances']['response']> {
    await this.#options.at?.('run received');
    if (this.refusal !== undefined) throw this.refusal;
    const [id = ''] = request.instanceIds;
    let one = this.instances.get(id);
    // As our cluster controller: the same id again is the same instance.
    if (one === undefined) {
      if (this.capacity === 0) return { instances: [] };
      one = { stateName: this.boots, starts: 1, terminations: 0, request };
      this.instances.set(id, one);
      this.save();
    }
    await this.#options.at?.('run stored');
    return { instances: [{ ...this.#view(id, one), stateName: 'Pending' }] };
  }

  async #terminate(ids: readonly string[]): Promise<EucalyptusCCOperations_2_0['TerminateInstances']['response']> {
    await this.#options.at?.('terminate received');
    for (const id of ids) {
      const one = this.instances.get(id);
      if (one !== undefined) {
        one.stateName = 'Teardown';
        one.terminations++;
      }
    }
    this.save();
    return { isTerminated: ids.map(() => true) };
  }

  #view(
    instanceId: string,
    { stateName, request }: SimulatedInstance,
  ): EucalyptusCCOperations_2_0['DescribeInstances']['response']['instances'][number] {
    return {
      instanceId,
      reservationId: request?.reservationId,
      stateName,
      serviceTag: 'http://node:8775/axis2/services/EucalyptusNC',
      netParams: {
        privateMacAddress: request?.macAddresses[0] ?? 'd0:0d:00:00:00:00',
        privateIp: '10.1.0.7',
        publicIp: '0.0.0.0',
        vlan: -1,
        networkIndex: -1,
      },
      groupNames: request?.netNames ?? [],
      volumes: [],
    };
  }
}
