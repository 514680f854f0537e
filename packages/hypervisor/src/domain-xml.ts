import { checkDomainSpec } from './domain-check.js';
import { escapeXml, renderMetadata } from './domain-metadata.js';
import { domainName, domainUuid, portName } from './domain-name.js';
import type { DomainBoot, DomainDisk, DomainNetwork, DomainSpec, DomainType } from './domain-spec.js';
import { userNetworkOptions } from './user-network.js';

export interface DomainHost {
  readonly domainType: DomainType;
  /** Tag of this cloud, part of the domain name. */
  readonly tag: string;
  /** Path of the emulator; libvirt's choice when missing. */
  readonly emulator?: string;
}

/**
 * The libvirt document of a domain. Pure: the same spec gives the same text.
 * @throws Node.DomainFailed when a field cannot be rendered faithfully
 */
export function renderDomain(spec: DomainSpec, host: DomainHost): string {
  checkDomainSpec(spec);
  const uuid = domainUuid(host.tag, spec.instanceId);
  const usesQemuNamespace = spec.network.kind === 'user';
  const lines = [
    `<domain type="${host.domainType}"${usesQemuNamespace ? ' xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0"' : ''}>`,
    `  <name>${escapeXml(domainName(host.tag, spec.instanceId))}</name>`,
    `  <uuid>${uuid}</uuid>`,
    `  <metadata>${renderMetadata(spec.metadata)}</metadata>`,
    `  <memory unit="KiB">${Math.ceil(spec.memoryBytes / 1024)}</memory>`,
    `  <vcpu>${spec.vcpus}</vcpu>`,
    ...renderSystemInformation(uuid),
    ...renderBoot(spec.boot),
    '  <features><acpi/><apic/></features>',
    ...(host.domainType === 'kvm' ? ['  <cpu mode="host-passthrough"/>'] : []),
    '  <clock offset="utc"/>',
    '  <on_poweroff>destroy</on_poweroff>',
    '  <on_reboot>restart</on_reboot>',
    '  <on_crash>destroy</on_crash>',
    ...renderDevices(spec, host),
    ...renderCommandLine(spec.network),
    '</domain>',
  ];
  return lines.join('\n') + '\n';
}

/** cloud-init wants serial and UUID equal and beginning with `ec2`. */
function renderSystemInformation(uuid: string): string[] {
  return [
    '  <sysinfo type="smbios">',
    '    <system>',
    '      <entry name="manufacturer">Mallee</entry>',
    '      <entry name="product">Mallee</entry>',
    `      <entry name="serial">${uuid}</entry>`,
    `      <entry name="uuid">${uuid}</entry>`,
    '    </system>',
    '  </sysinfo>',
  ];
}

function renderBoot(boot: DomainBoot): string[] {
  const lines = ['  <os>', '    <type arch="x86_64" machine="pc">hvm</type>'];
  if (boot.kind === 'kernel') {
    lines.push(`    <kernel>${escapeXml(boot.kernel)}</kernel>`);
    if (boot.ramdisk !== undefined) lines.push(`    <initrd>${escapeXml(boot.ramdisk)}</initrd>`);
    lines.push(`    <cmdline>${escapeXml(boot.commandLine)}</cmdline>`);
  } else {
    lines.push('    <boot dev="hd"/>');
  }
  lines.push('    <smbios mode="sysinfo"/>', '  </os>');
  return lines;
}

function renderDevices(spec: DomainSpec, host: DomainHost): string[] {
  return [
    '  <devices>',
    ...(host.emulator === undefined ? [] : [`    <emulator>${escapeXml(host.emulator)}</emulator>`]),
    ...spec.disks.flatMap(renderDisk),
    ...renderPort(spec.network, spec.instanceId),
    // append: the file keeps its beginning over a reboot, and the node controller can shorten it while it is open.
    '    <serial type="file">',
    `      <source path="${escapeXml(spec.consolePath)}" append="on"/>`,
    '      <target port="0"/>',
    '    </serial>',
    '    <rng model="virtio"><backend model="random">/dev/urandom</backend></rng>',
    // Devices that libvirt would add by itself and that only make the start slower.
    '    <controller type="usb" model="none"/>',
    '    <memballoon model="none"/>',
    '  </devices>',
  ];
}

function renderDisk(disk: DomainDisk): string[] {
  const cache = disk.readOnly === true ? '' : ' discard="unmap"';
  return [
    '    <disk type="file" device="disk">',
    `      <driver name="qemu" type="${disk.format}"${cache}/>`,
    `      <source file="${escapeXml(disk.path)}"/>`,
    `      <target dev="${disk.target}" bus="virtio"/>`,
    ...(disk.readOnly === true ? ['      <readonly/>'] : []),
    ...(disk.serial === undefined ? [] : [`      <serial>${disk.serial}</serial>`]),
    '    </disk>',
  ];
}

function renderPort(network: DomainNetwork, instanceId: string): string[] {
  if (network.kind !== 'bridge') return [];
  return [
    '    <interface type="bridge">',
    `      <mac address="${network.mac.toLowerCase()}"/>`,
    `      <source bridge="${escapeXml(network.bridge)}"/>`,
    `      <target dev="${portName(instanceId)}"/>`,
    '      <model type="virtio"/>',
    '    </interface>',
  ];
}

/** libvirt's own user-mode interface cannot set the guest's address, so QEMU gets the device directly. */
function renderCommandLine(network: DomainNetwork): string[] {
  if (network.kind !== 'user') return [];
  return [
    '  <qemu:commandline>',
    ...userNetworkOptions(network).map((argument) => `    <qemu:arg value="${escapeXml(argument)}"/>`),
    '  </qemu:commandline>',
  ];
}
