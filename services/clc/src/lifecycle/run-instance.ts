import { MalleeError } from '@mallee/errors';
import { defineWorkflow, type AnyWorkflow, type StepContext } from '@mallee/jobs';
import type { ReportedInstance } from '../components/cluster-port.js';
import { readReport } from './cluster-report.js';
import type { LifecycleContext } from './context.js';
import { applyDecision } from './instance-store.js';
import { launchRequest, loadLaunch, type LaunchSubject } from './launch-request.js';
import { callError, instanceReason, mayPass } from './reasons.js';

export interface InstanceJob {
  readonly instanceId: string;
}

/** Ticket of an instance: its launch and its end are never worked on at the same time. */
export const instanceTicket = (data: InstanceJob): string => `instance ${data.instanceId}`;

/**
 * Brings a pending instance to its cluster. The cluster accepts or refuses at once; that the guest runs is found by the
 * poll. A call without an answer may have arrived: the cluster is asked before it is told again.
 */
export function runInstance(context: LifecycleContext): AnyWorkflow {
  const { timings } = context.config;
  return defineWorkflow<InstanceJob>({
    name: 'run-instance',
    version: 1,
    ticket: instanceTicket,
    deadlineMs: timings.pendingDeadlineMs,
    steps: [
      {
        name: 'send to the cluster',
        timeoutMs: timings.componentTimeoutMs * 2 + 5000,
        attempts: 1000, // bounded by the deadline
        backoffMs: 250,
        maxBackoffMs: 5000,
        retryable: mayPass,
        run: (step) => sendToCluster(context, step),
        undo: (step) => takeBack(context, step),
      },
    ],
    onFailed: async ({ data, correlationId = '' }, error) => {
      // A cancelled launch belongs to a termination that is waiting for the ticket; it finishes the instance.
      const code = error.code === 'Workflow.Cancelled' ? 'Client.UserInitiatedShutdown' : error.code;
      const reason = instanceReason(code, error.message);
      const instance = { instanceId: data.instanceId, state: 'pending' as const, correlationId };
      await applyDecision(context.pool, instance, { state: 'terminated', ...(reason === undefined ? {} : { reason }) });
    },
  });
}

async function sendToCluster(context: LifecycleContext, step: StepContext<InstanceJob>): Promise<void> {
  const subject = await loadLaunch(context.pool, step.data.instanceId);
  if (subject.state !== 'pending' || subject.desired === 'terminated') return;
  const accepted =
    (step.attempt > 0 ? await askCluster(context, subject, step) : undefined) ?? (await send(context, subject, step));
  const seen = readReport([accepted]).get(step.data.instanceId);
  const place = {
    ...(seen?.privateIp === undefined ? {} : { privateIp: seen.privateIp }),
    ...(seen?.node === undefined ? {} : { node: seen.node }),
  };
  const instance = {
    instanceId: step.data.instanceId,
    state: 'pending' as const,
    correlationId: step.correlationId ?? '',
  };
  await applyDecision(context.pool, instance, { state: 'pending', ...place });
  context.hint(subject.zone);
}

/** Does the cluster have the instance already (the answer to an earlier attempt was lost)? */
async function askCluster(
  context: LifecycleContext,
  { zone }: LaunchSubject,
  { data, signal }: StepContext<InstanceJob>,
): Promise<ReportedInstance | undefined> {
  const tried = `ask cluster ${zone} for ${data.instanceId}`;
  try {
    const { cluster } = await context.clients.cluster(zone);
    const options = { timeoutMs: context.config.timings.componentTimeoutMs, signal };
    const instances = await cluster.describeInstances(options);
    return instances.find((one) => one.instanceId === data.instanceId && one.stateName !== 'Teardown');
  } catch (error) {
    throw callError(error, tried);
  }
}

async function send(
  context: LifecycleContext,
  subject: LaunchSubject,
  { data, signal }: StepContext<InstanceJob>,
): Promise<ReportedInstance> {
  const tried = `launch ${data.instanceId} in cluster ${subject.zone}`;
  try {
    const [{ cluster }, walrus] = [await context.clients.cluster(subject.zone), await context.clients.walrus()];
    const request = launchRequest(subject, walrus.component.url);
    const instances = await cluster.runInstance(request, {
      timeoutMs: context.config.timings.componentTimeoutMs,
      signal,
    });
    const accepted = instances.find((one) => one.instanceId === data.instanceId);
    // An original cluster answers "true" with a shorter list when nothing fits.
    if (accepted === undefined) {
      throw new MalleeError(
        'Server.InsufficientInstanceCapacity',
        `cluster ${subject.zone} had no room for the instance`,
      );
    }
    return accepted;
  } catch (error) {
    throw callError(error, tried);
  }
}

/**
 * Ends what may have started, without insisting: whatever the cluster reports of a terminated instance is ended by the poll.
 */
async function takeBack(context: LifecycleContext, { data, signal, logger }: StepContext<InstanceJob>): Promise<void> {
  try {
    const { zone, row } = await loadLaunch(context.pool, data.instanceId);
    const { cluster } = await context.clients.cluster(zone);
    await cluster.terminateInstances(row.user_id, [data.instanceId], { timeoutMs: 5000, signal });
  } catch (error) {
    logger.warn({ err: error, instanceId: data.instanceId }, 'the cluster could not be told to take a launch back');
  }
}
