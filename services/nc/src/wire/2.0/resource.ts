import type { EucalyptusNCTypes_2_0 as Nc } from '@mallee/wsdl-types';
import type { NodeController } from '../../controller/node-controller.js';
import { nodeReport } from '../../operations/node-report.js';

/** 2.0 has no word for a node that takes no instances: it has no room for any. */
export function resource20(controller: NodeController): Nc.NcDescribeResourceResponseType {
  const report = { nodeStatus: 'OK', ...nodeReport(controller) };
  if (controller.isEnabled()) return report;
  return { ...report, memorySizeAvailable: 0, diskSizeAvailable: 0, numberOfCoresAvailable: 0 };
}
