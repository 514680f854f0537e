import type { EucalyptusNCTypes_2_0 as Nc } from '@mallee/wsdl-types';
import type { LaunchRequest } from '../../instances/record.js';
import { launchRequestOf } from '../launch-request.js';

/**
 * The launch that 2.0 asks for; the acting user is the owner.
 * @throws Wire.MalformedMessage naming the field
 */
export function launch20(request: Nc.NcRunInstanceType): LaunchRequest {
  return launchRequestOf({ ...request, ownerId: request.userId ?? '' });
}
