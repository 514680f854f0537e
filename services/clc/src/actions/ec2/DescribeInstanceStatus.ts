import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters } from '../../ec2/filters.js';
import { paginate } from '../../ec2/pagination.js';
import { flag, listing, texts } from '../../ec2/schema.js';
import type { XmlFields } from '../../ec2/xml.js';
import { requireInstances, stateOf, type Instance } from '../../resources/instances.js';
import { scopeOf } from '../../resources/scope.js';
import { instanceFilters } from './DescribeInstances.js';

const statusFilters = {
  ...instanceFilters,
  'instance-status.status': (one: Instance) => statusOf(one),
  'system-status.status': (one: Instance) => statusOf(one),
  'instance-status.reachability': (one: Instance) => (one.state === 'running' ? 'passed' : undefined),
  'system-status.reachability': (one: Instance) => (one.state === 'running' ? 'passed' : undefined),
};

export const DescribeInstanceStatus = defineAction({
  name: 'DescribeInstanceStatus',
  authorization: 'user',
  metric: 'DescribeInstanceStatus',
  summary: 'Status checks of running instances, of all with IncludeAllInstances.',
  parameters: z.object({ InstanceId: texts(), IncludeAllInstances: flag, ...listing }),
  async run(given, { pool, caller, config }) {
    const scope = scopeOf(caller, given.InstanceId);
    const found = await requireInstances(pool, scope, config.timings.terminatedVisibleMs);
    const shown = found.filter((one) => given.IncludeAllInstances || one.state === 'running');
    const page = paginate(applyFilters(shown, given.Filter, statusFilters), (one) => one.instance_id, given);
    return { instanceStatusSet: page.rows.map(statusItem), nextToken: page.nextToken };
  },
});

function statusOf(instance: Instance): string {
  return instance.state === 'running' ? 'ok' : 'not-applicable';
}

function statusItem(instance: Instance): XmlFields {
  const running = instance.state === 'running';
  const check: XmlFields = {
    status: statusOf(instance),
    details: running ? [{ name: 'reachability', status: 'passed' }] : [],
  };
  return {
    instanceId: instance.instance_id,
    availabilityZone: instance.zone,
    eventsSet: [],
    instanceState: stateOf(instance.state),
    systemStatus: check,
    instanceStatus: check,
  };
}
