import type { Operation } from './operation.js';

/** Without public addresses the answer is negative with this very text; the CLC takes it as "none", not as an error. */
export const describePublicAddresses: Operation<'DescribePublicAddresses'> = (_cluster, request, context) =>
  Promise.resolve({
    correlationId: context.correlationId,
    ...(request.userId === undefined ? {} : { userId: request.userId }),
    statusMessage: 'NOTSUPPORTED',
    return: false,
    sourceAddresses: [],
    destAddresses: [],
  });
