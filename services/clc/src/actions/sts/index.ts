import type { Action } from '../../ec2/action.js';
import type { QueryService } from '../../ec2/query-handler.js';
import { xmlDocument } from '../../ec2/xml.js';
import { GetCallerIdentity } from './GetCallerIdentity.js';

export const stsVersion = '2011-06-15';
const namespace = `https://sts.amazonaws.com/doc/${stsVersion}/`;

export const stsActions: ReadonlyMap<string, Action> = new Map([[GetCallerIdentity.name, GetCallerIdentity]]);

/** STS wraps the content in a result element and puts the request id behind it. */
export const stsService: QueryService = {
  dialect: 'sts',
  actions: stsActions,
  write: (action, content, _version, requestId) =>
    xmlDocument(`${action.name}Response`, namespace, {
      [`${action.name}Result`]: content,
      ResponseMetadata: { RequestId: requestId },
    }),
};
