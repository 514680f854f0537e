import type { WithoutBaseLists } from '@mallee/soap-rpc';
import type { EucalyptusNCTypes_4_4 as Nc } from '@mallee/wsdl-types';
import type { NodeController } from '../../controller/node-controller.js';
import { nodeReport } from '../../operations/node-report.js';

export function resource44(
  controller: NodeController,
  iqn: string,
): WithoutBaseLists<Nc.NcDescribeResourceResponseType> {
  return {
    nodeStatus: controller.isEnabled() ? 'enabled' : 'disabled',
    migrationCapable: false,
    iqn,
    ...nodeReport(controller),
    // Also of a guest without KVM: cluster controllers know kvm and xen only.
    hypervisor: 'kvm',
  };
}
