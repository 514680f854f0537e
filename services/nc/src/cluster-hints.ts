import { liveIdentity, loadTrusted, type DaemonContext } from '@mallee/daemon';
import { SoapClient } from '@mallee/soap-rpc';
import { MalleeExtension, type MalleeExtensionOperations } from '@mallee/wsdl-types';
import type { NodeConfig } from './config.js';
import { HintSender } from './hint-sender.js';

export interface ClusterHints {
  changed(instanceId: string): void;
  close(): void;
}

/**
 * Tells the cluster of `clusterUrl` what changed; undefined without one (an original cluster takes no hints). A cluster that does not
 * answer is left alone by the breaker after a few hints, and tried again after at most ten seconds.
 */
export function clusterHints(context: DaemonContext<NodeConfig>): ClusterHints | undefined {
  const { config, logger, metrics } = context;
  if (config.clusterUrl === undefined) return undefined;
  const trusted = (): string[] => loadTrusted(config, 'cluster');
  const client = new SoapClient<MalleeExtensionOperations>({
    service: MalleeExtension,
    url: new URL(MalleeExtension.path, config.clusterUrl).href,
    ...(config.clusterUrl.startsWith('https:') ? { tls: { pinnedCertificates: trusted } } : {}),
    // Asked for each hint: key and certificates may have been replaced since the last one.
    identity: liveIdentity(config),
    peerCertificates: trusted,
    breaker: { maxWaitMs: 10_000 },
    concurrency: 1,
    metrics,
  });
  const send = async (subjects: readonly string[]): Promise<void> => {
    await client.call('Hint', { source: config.name, subjects: [...subjects] });
  };
  const sender = new HintSender(send, logger);
  return {
    changed: (instanceId) => sender.changed(instanceId),
    close: () => {
      sender.close();
      client.close();
    },
  };
}
