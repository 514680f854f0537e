import type { QueryRequest, QueryService } from './query-handler.js';
import { writeEc2 } from './query-handler.js';
import { configurationService } from '../actions/configuration/index.js';
import { ec2Actions } from '../actions/ec2/index.js';
import { stsActions, stsService, stsVersion } from '../actions/sts/index.js';

export const ec2Service: QueryService = { dialect: 'ec2', actions: ec2Actions, write: writeEc2 };

const trim = (path: string): string => path.replace(/\/+$/, '');

const queryPaths = new Set([
  '',
  '/services/Eucalyptus',
  '/services/compute',
  '/services/Tokens',
  '/services/Configuration',
]);

/** Paths of the Query services, with and without a slash at the end. */
export function isQueryPath(path: string): boolean {
  return queryPaths.has(trim(path));
}

/**
 * Which service a request is for. STS shares `/` with EC2 (an SDK has one endpoint for all), so its version, its action
 * or the credential scope tells.
 */
export function selectService({ path, action, version, scopeService }: QueryRequest): QueryService {
  const at = trim(path);
  if (at === '/services/Configuration') return configurationService;
  if (at === '/services/Tokens') return stsService;
  if (at !== '') return ec2Service;
  const sts = version === stsVersion || scopeService === 'sts' || (action !== undefined && stsActions.has(action));
  return sts ? stsService : ec2Service;
}
