import { access } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { MalleeError } from '@mallee/errors';
import type { DomainNetwork } from '@mallee/hypervisor';
import { gateway, indexOf, parseSubnet, type FilterDriver, type Subnet } from '@mallee/network';
import { renderMetadataRedirect, renderRedirectRemoval } from './metadata-redirect.js';

/** The network of this node as its launches see it. */
export interface NodeNetwork {
  /** @throws Node.NetworkFailed when an instance with this address could not be connected */
  check(privateIp?: string): Promise<void>;
  /** How a guest is connected. */
  port(mac: string, privateIp: string): DomainNetwork;
  /** Leads the metadata address to the metadata server. Idempotent. @throws Node.MetadataFailed */
  redirectMetadata(): Promise<void>;
  /** Takes the redirect away, when nobody will answer. */
  release(): Promise<void>;
}

export interface BridgeNetworkParts {
  readonly bridge: string;
  readonly tag: string;
  readonly filter: FilterDriver;
  /** Port of the metadata server; undefined while it does not listen. */
  readonly metadataPort: () => number | undefined;
}

/** Guests on a bridge that exists already; whoever runs the cluster's network makes it. Needs root. */
export class BridgeNodeNetwork implements NodeNetwork {
  private readonly parts: BridgeNetworkParts;

  constructor(parts: BridgeNetworkParts) {
    this.parts = parts;
  }

  async check(): Promise<void> {
    try {
      await access(`/sys/class/net/${this.parts.bridge}/bridge`);
    } catch (cause) {
      throw new MalleeError('Node.NetworkFailed', `the bridge ${this.parts.bridge} does not exist on this node`, {
        cause,
      });
    }
  }

  port(mac: string): DomainNetwork {
    return { kind: 'bridge', bridge: this.parts.bridge, mac };
  }

  async redirectMetadata(): Promise<void> {
    const port = this.parts.metadataPort();
    if (port === undefined) throw new MalleeError('Node.MetadataFailed', 'the metadata server does not listen');
    try {
      await this.parts.filter.apply(renderMetadataRedirect(this.parts.tag, this.parts.bridge, port));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new MalleeError('Node.MetadataFailed', message, { cause });
    }
  }

  async release(): Promise<void> {
    await this.parts.filter.apply(renderRedirectRemoval(this.parts.tag));
  }
}

/**
 * QEMU's user-mode network: no privileges, no metadata address; key and user data come from the seed disk. Guests reach
 * nothing unless `outbound`, which opens to them what this host can reach, its loopback included.
 */
export class UserNodeNetwork implements NodeNetwork {
  private readonly subnet: Subnet;
  private readonly subnetText: string;
  private readonly gatewayText: string;
  private readonly outbound: boolean;

  /** @throws Configuration.Invalid when `subnetText` is not a network such as 10.88.0.0/24 */
  constructor(subnetText: string, gatewayText?: string, outbound = false) {
    this.subnet = parseSubnet(subnetText);
    this.subnetText = subnetText;
    this.gatewayText = gatewayText ?? gateway(this.subnet);
    this.outbound = outbound;
  }

  check(privateIp?: string): Promise<void> {
    if (privateIp === undefined || this.contains(privateIp)) return Promise.resolve();
    const message = `${privateIp} is not a guest address of ${this.subnetText}`;
    return Promise.reject(new MalleeError('Node.NetworkFailed', message));
  }

  port(mac: string, privateIp: string): DomainNetwork {
    const { subnetText: subnet, gatewayText, outbound } = this;
    return { kind: 'user', mac, privateIp, subnet, gateway: gatewayText, outbound };
  }

  redirectMetadata(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  private contains(privateIp: string): boolean {
    return isIPv4(privateIp) && privateIp !== this.gatewayText && indexOf(this.subnet, privateIp) !== undefined;
  }
}
