import type { DomainNetwork } from './domain-spec.js';

/**
 * A slot of the PCI bus far above those that libvirt fills from below, because libvirt does not know of this device.
 */
const PCI_SLOT = '0x10';

/**
 * QEMU arguments of a user-mode network whose DHCP server gives out exactly the wanted address.
 *
 * The metadata address 169.254.169.254 cannot be forwarded here: QEMU accepts `guestfwd` only for addresses inside the
 * guest's own network (libslirp refuses others). Guests of this mode read their seed disk instead.
 *
 * Without `restrict` QEMU opens the guest's connections as the host itself, and the gateway address leads to the host's
 * loopback: a guest could talk to every service there. `restrict` leaves DHCP and nothing else.
 */
export function userNetworkOptions(network: Extract<DomainNetwork, { kind: 'user' }>): string[] {
  const dns = nameServerAddress(network);
  return [
    '-netdev',
    `user,id=net0,net=${network.subnet},host=${network.gateway},dns=${dns},dhcpstart=${network.privateIp},restrict=${network.outbound ? 'off' : 'on'}`,
    '-device',
    `virtio-net-pci,netdev=net0,mac=${network.mac.toLowerCase()},bus=pci.0,addr=${PCI_SLOT}`,
  ];
}

/** QEMU needs an address of its own for the name server, other than gateway and guest. */
function nameServerAddress(network: Extract<DomainNetwork, { kind: 'user' }>): string {
  const [base = '0.0.0.0', prefix = '24'] = network.subnet.split('/');
  const size = 2 ** (32 - Number(prefix));
  const first = Math.floor(addressNumber(base) / size) * size;
  for (let host = size - 2; host > 0; host -= 1) {
    const candidate = addressText(first + host);
    if (candidate !== network.gateway && candidate !== network.privateIp) return candidate;
  }
  return addressText(first + 3);
}

function addressNumber(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
