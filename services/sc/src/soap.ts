import { loadTrusted, type DaemonContext } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { serve, SoapServer, type CallContext, type ServedDialect } from '@mallee/soap-rpc';
import { MalleeStorage, type MalleeStorageOperations } from '@mallee/wsdl-types';
import type { StorageConfig } from './config.js';
import { createStorageVolume } from './operations/create-storage-volume.js';
import { deleteStorageVolume } from './operations/delete-storage-volume.js';
import { describeStorageVolumes } from './operations/describe-storage-volumes.js';
import { getStorageInfo } from './operations/get-storage-info.js';
import type { VolumeService } from './volumes/volume-service.js';
import { storageController44 } from './wire/4.4/storage-controller.js';

/** Serves both interfaces of the storage controller at their one path; the namespace of the body tells which is meant. */
export function serveSoap(context: DaemonContext<StorageConfig>, volumes: VolumeService): void {
  const trusted = (role: 'cloud' | 'node'): string[] => loadTrusted(context.config, role);
  new SoapServer(context).route(
    storageDialects(volumes, () => trusted('cloud')),
    {
      trusted: () => [...trusted('cloud'), ...trusted('node')],
    },
  );
}

/** Our own interface, for the cloud controller, and that of the original, for its node controllers. */
export function storageDialects(volumes: VolumeService, cloud: () => readonly string[]): readonly ServedDialect[] {
  /** Nodes may speak at this path, too, but not order volumes. */
  const cloudOnly =
    <Request, Response>(run: (volumes: VolumeService, request: Request) => Promise<Response>) =>
    async (request: Request, { peerCertificate }: CallContext): Promise<Response> => {
      if (!cloud().some((pem) => bare(pem) === bare(peerCertificate))) {
        throw new MalleeError('Wire.UnknownCertificate', 'only the cloud controller orders volumes');
      }
      return run(volumes, request);
    };
  const own = serve<MalleeStorageOperations>(MalleeStorage, {
    CreateStorageVolume: cloudOnly(createStorageVolume),
    DescribeStorageVolumes: cloudOnly(describeStorageVolumes),
    DeleteStorageVolume: cloudOnly(deleteStorageVolume),
    GetStorageInfo: cloudOnly(getStorageInfo),
  });
  return [own, storageController44()];
}

function bare(pem: string): string {
  return pem.replaceAll(/\s/g, '');
}
