import { serve, type ServedDialect } from '@mallee/soap-rpc';
import { MalleeExtension, type MalleeExtensionOperations } from '@mallee/wsdl-types';
import { describeDetails } from './operations/describe-details.js';
import { WHY_NOT } from './operations/not-supported.js';
import type { OperationParts } from './operations/parts.js';
import { nodeDialect_2_0 } from './wire/2.0/index.js';
import { nodeDialect_4_4 } from './wire/4.4/index.js';

/** What the node controller serves: per endpoint its dialects, the default first. */
export function soapDialects(parts: OperationParts): readonly (readonly ServedDialect[])[] {
  const extension = serve<MalleeExtensionOperations>(MalleeExtension, {
    DescribeDetails: describeDetails(parts),
    Hint: { notSupported: WHY_NOT.hints },
  });
  return [[nodeDialect_2_0(parts), nodeDialect_4_4(parts)], [extension]];
}
