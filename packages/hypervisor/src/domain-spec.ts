/** What the hypervisor is asked to run. Sizes are bytes, paths absolute. */
export interface DomainSpec {
  /** `i-` and eight hexadecimal digits; the domain name is derived from it. */
  readonly instanceId: string;
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly boot: DomainBoot;
  readonly disks: readonly DomainDisk[];
  /** File that receives everything the guest writes to its first serial line. */
  readonly consolePath: string;
  readonly network: DomainNetwork;
  /** JSON kept inside the domain, so that a node controller that lost its files can adopt the guest. */
  readonly metadata: unknown;
}

/** Direct kernel boot, or the boot sector of the first disk. */
export type DomainBoot =
  | { readonly kind: 'kernel'; readonly kernel: string; readonly ramdisk?: string; readonly commandLine: string }
  | { readonly kind: 'disk' };

export interface DomainDisk {
  readonly path: string;
  /** Always explicit: a guest can write a qcow2 header into a raw disk, so the format is never probed. */
  readonly format: 'qcow2' | 'raw';
  /** Guest device of the virtio bus: vda, vdb, ... */
  readonly target: string;
  readonly readOnly?: boolean;
  /** Serial number shown to the guest, at most 20 characters. */
  readonly serial?: string;
}

/** A port on a bridge (needs root), or QEMU's user-mode network with a DHCP server of its own. */
export type DomainNetwork =
  | { readonly kind: 'bridge'; readonly bridge: string; readonly mac: string }
  | {
      readonly kind: 'user';
      readonly mac: string;
      /** Network in prefix notation, for example 10.88.0.0/24. */
      readonly subnet: string;
      readonly gateway: string;
      /** The one address the built-in DHCP server hands out. */
      readonly privateIp: string;
      /** Whether the guest may open connections. QEMU makes them as the host does: to its network and its loopback. */
      readonly outbound: boolean;
    };

/** `kvm` needs working hardware virtualisation; `qemu` is emulation and always works. */
export type DomainType = 'kvm' | 'qemu';
