import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DomainSpec } from './domain-spec.js';
import { renderDomain } from './domain-xml.js';

const bridged: DomainSpec = {
  instanceId: 'i-3F2A0B11',
  memoryBytes: 256 * 1024 * 1024,
  vcpus: 2,
  boot: { kind: 'kernel', kernel: '/c/kernel', ramdisk: '/c/ramdisk', commandLine: 'root=/dev/vda console=ttyS0' },
  disks: [
    { path: '/i/disk.qcow2', format: 'qcow2', target: 'vda' },
    { path: '/i/seed.iso', format: 'raw', target: 'vdb', readOnly: true, serial: 'mallee-seed' },
  ],
  consolePath: '/i/console.log',
  network: { kind: 'bridge', bridge: 'mallee0', mac: 'D0:0D:3F:2A:0B:11' },
  metadata: { name: 'a "<b>" & \u00e9' },
};

describe('domain document', () => {
  it('is exactly this for a kernel boot on a bridge', () => {
    expect(renderDomain(bridged, { domainType: 'qemu', tag: 'one' })).toMatchSnapshot();
  });

  it('is exactly this for a disk boot with user-mode networking', () => {
    const spec: DomainSpec = {
      ...bridged,
      boot: { kind: 'disk' },
      network: {
        kind: 'user',
        mac: 'D0:0D:3F:2A:0B:11',
        subnet: '10.88.0.0/24',
        gateway: '10.88.0.1',
        privateIp: '10.88.0.7',
        outbound: false,
      },
    };
    expect(renderDomain(spec, { domainType: 'kvm', tag: 'one', emulator: '/usr/bin/q&a' })).toMatchSnapshot();
  });

  it('gives the guest port its 13 character name', () => {
    expect(renderDomain(bridged, { domainType: 'qemu', tag: 'one' })).toContain('<target dev="vn_i-3F2A0B11"/>');
  });

  it.each<[string, Partial<DomainSpec>]>([
    ['an instance id that is a path', { instanceId: 'i-../../etc' }],
    ['a bridge name with an option in it', { network: { kind: 'bridge', bridge: 'b,x=1', mac: 'd0:0d:00:00:00:01' } }],
    ['a MAC that is not one', { network: { kind: 'bridge', bridge: 'b', mac: 'd0:0d' } }],
    ['a line break in the command line', { boot: { kind: 'kernel', kernel: '/k', commandLine: 'a\nb' } }],
    ['a relative path', { consolePath: 'console.log' }],
    ['two disks on one target', { disks: [bridged.disks[0]!, bridged.disks[0]!] }],
    ['no memory', { memoryBytes: 0 }],
  ])('refuses %s', (_, change) => {
    const render = () => renderDomain({ ...bridged, ...change }, { domainType: 'qemu', tag: 'one' });
    expect(render).toThrow(expect.objectContaining({ code: 'Node.DomainFailed' }));
  });

  it('cannot be extended from inside a value', () => {
    const printable = fc.string({ unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(printable, printable, (commandLine, note) => {
        const spec: DomainSpec = { ...bridged, boot: { kind: 'kernel', kernel: '/k', commandLine }, metadata: note };
        const document = renderDomain(spec, { domainType: 'qemu', tag: 'one' });
        const elements = (text: string) => [...text.matchAll(/<\/?[A-Za-z:]+/g)].map(([name]) => name);
        const plain = renderDomain(
          { ...spec, boot: { kind: 'kernel', kernel: '/k', commandLine: '' }, metadata: '' },
          {
            domainType: 'qemu',
            tag: 'one',
          },
        );
        expect(elements(document)).toEqual(elements(plain));
      }),
    );
  });
});
