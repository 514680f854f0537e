import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { callerArn } from '../../identity/caller.js';

export const GetCallerIdentity = defineAction({
  name: 'GetCallerIdentity',
  authorization: 'user',
  metric: 'GetCallerIdentity',
  summary: 'Account, user id and ARN of whoever signed the request.',
  parameters: z.object({}),
  run(_given, { caller }) {
    return { Arn: callerArn(caller), UserId: caller.userId, Account: caller.accountId };
  },
});
