import { MalleeError } from '@mallee/errors';
import type { EucalyptusNCTypes_4_4 as Nc } from '@mallee/wsdl-types';
import type { LaunchRequest } from '../../instances/record.js';
import { launchRequestOf } from '../launch-request.js';
import { bootImages } from './boot-images.js';

/**
 * The launch that 4.4 asks for. The credential of the instance (a floppy) and the root directive are not used here.
 * @throws Wire.MalformedMessage naming the field; Wire.OperationNotSupported for what the node cannot do
 */
export function launch44(request: Nc.NcRunInstanceType): LaunchRequest {
  if (request.secondaryNetConfig.length > 0) {
    throw new MalleeError('Wire.OperationNotSupported', 'ncRunInstance: an instance has one network interface');
  }
  return launchRequestOf({ ...request, ...bootImages(request) });
}
