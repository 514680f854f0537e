import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { texts } from '../../ec2/schema.js';

export const DescribeAccountAttributes = defineAction({
  name: 'DescribeAccountAttributes',
  authorization: 'user',
  metric: 'DescribeAccountAttributes',
  summary: 'supported-platforms (EC2: no VPCs), default-vpc (none) and the limits of the account.',
  parameters: z.object({ AttributeName: texts() }),
  run(given, { config }) {
    const attributes: readonly (readonly [string, string])[] = [
      ['supported-platforms', 'EC2'],
      ['default-vpc', 'none'],
      ['max-instances', String(config.quotas.instances)],
      ['max-elastic-ips', '0'],
      ['vpc-max-elastic-ips', '0'],
      ['vpc-max-security-groups-per-interface', '5'],
    ];
    const shown = attributes.filter(([name]) => given.AttributeName.length === 0 || given.AttributeName.includes(name));
    return {
      accountAttributeSet: shown.map(([attributeName, attributeValue]) => ({
        attributeName,
        attributeValueSet: [{ attributeValue }],
      })),
    };
  },
});
