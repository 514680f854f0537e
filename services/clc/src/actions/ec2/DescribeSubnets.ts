import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { listing, texts } from '../../ec2/schema.js';

export const DescribeSubnets = defineAction({
  name: 'DescribeSubnets',
  authorization: 'user',
  metric: 'DescribeSubnets',
  summary: 'Always empty: this cloud has no VPCs, and clients that ask go on with the classic network.',
  parameters: z.object({ SubnetId: texts(), ...listing }),
  run(given) {
    const id = given.SubnetId[0];
    if (id !== undefined) {
      throw new MalleeError('InvalidSubnetID.NotFound', `The subnet ID '${id.slice(0, 100)}' does not exist`);
    }
    return { subnetSet: [] };
  },
});
