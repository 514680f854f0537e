import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { listing, texts } from '../../ec2/schema.js';

export const DescribeVpcs = defineAction({
  name: 'DescribeVpcs',
  authorization: 'user',
  metric: 'DescribeVpcs',
  summary: 'Always empty: this cloud has no VPCs, and clients that ask go on with the classic network.',
  parameters: z.object({ VpcId: texts(), ...listing }),
  run(given) {
    const id = given.VpcId[0];
    if (id !== undefined) {
      throw new MalleeError('InvalidVpcID.NotFound', `The VPC ID '${id.slice(0, 100)}' does not exist`);
    }
    return { vpcSet: [] };
  },
});
