import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters, type FilterTable } from '../../ec2/filters.js';
import { paginate } from '../../ec2/pagination.js';
import { listing, texts } from '../../ec2/schema.js';
import type { XmlFields } from '../../ec2/xml.js';
import { vmTypes, type VmType } from '../../resources/zones.js';

type TypeRow = VmType & { readonly tags: ReadonlyMap<string, string>; readonly ordinal: number };

const typeFilters: FilterTable<TypeRow> = {
  'bare-metal': () => false,
  'current-generation': () => true,
  hypervisor: () => 'kvm',
  'instance-storage-supported': () => true,
  'instance-storage-info.total-size-in-gb': (one) => one.disk_gb,
  'instance-type': (one) => one.name,
  'memory-info.size-in-mib': (one) => one.memory_mb,
  'processor-info.supported-architecture': () => 'x86_64',
  'supported-root-device-type': () => 'instance-store',
  'supported-virtualization-type': () => 'hvm',
  'vcpu-info.default-vcpus': (one) => one.cores,
  'vcpu-info.default-cores': (one) => one.cores,
};

export const DescribeInstanceTypes = defineAction({
  name: 'DescribeInstanceTypes',
  authorization: 'user',
  metric: 'DescribeInstanceTypes',
  summary: 'Cores, memory and disk of every instance type.',
  parameters: z.object({ InstanceType: texts(), ...listing }),
  async run(given, { pool }) {
    const all = (await vmTypes(pool)).map((type, ordinal) => ({ ...type, ordinal, tags: new Map<string, string>() }));
    const missing = given.InstanceType.filter((name) => !all.some((type) => type.name === name));
    if (missing.length > 0) {
      throw new MalleeError(
        'InvalidParameterValue',
        `The following supplied instance types do not exist: [${missing.join(', ').slice(0, 200)}]`,
      );
    }
    const chosen = all.filter((type) => given.InstanceType.length === 0 || given.InstanceType.includes(type.name));
    const shown = applyFilters(chosen, given.Filter, typeFilters);
    const page = paginate(shown, (type) => String(type.ordinal).padStart(5, '0'), given);
    return { instanceTypeSet: page.rows.map(typeItem), nextToken: page.nextToken };
  },
});

function typeItem(type: VmType): XmlFields {
  return {
    instanceType: type.name,
    currentGeneration: true,
    freeTierEligible: false,
    supportedUsageClasses: ['on-demand'],
    supportedRootDeviceTypes: ['instance-store'],
    supportedVirtualizationTypes: ['hvm'],
    bareMetal: false,
    hypervisor: 'kvm',
    processorInfo: { supportedArchitectures: ['x86_64'] },
    vCpuInfo: { defaultVCpus: type.cores, defaultCores: type.cores, defaultThreadsPerCore: 1 },
    memoryInfo: { sizeInMiB: type.memory_mb },
    instanceStorageSupported: true,
    instanceStorageInfo: { totalSizeInGB: type.disk_gb, disks: [{ sizeInGB: type.disk_gb, count: 1, type: 'hdd' }] },
    hibernationSupported: false,
    burstablePerformanceSupported: false,
    dedicatedHostsSupported: false,
    autoRecoverySupported: false,
  };
}
