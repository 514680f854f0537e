import type { Command } from 'commander';
import { runningPid } from '@mallee/private-services';
import {
  administrationOf,
  baseUrl,
  type CloudLayout,
  type DaemonName,
  daemons,
  describeComponents,
  logFile,
  pidFile,
  requireLayout,
} from '@mallee/local-cloud';

import { say } from '../progress.js';
import { stateOf, withState } from './options.js';

interface DaemonStatus {
  readonly name: DaemonName;
  readonly url: string;
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly problems: readonly string[];
}

export function defineStatus(program: Command): void {
  withState(program.command('status').description('what runs, what does not, and why'))
    .option('--json', 'machine-readable')
    .action(async (options: { state: string; json?: boolean }) => {
      const layout = requireLayout(stateOf(options));
      const status = await Promise.all(daemons.map((name) => daemonStatus(layout, name)));
      const components = status[0]?.ready === true ? await componentLines(layout) : [];
      if (options.json === true) say(JSON.stringify({ layout, daemons: status }, null, 2));
      else show(layout, status, components);
      if (status.some(({ ready }) => !ready)) process.exitCode = 1;
    });
}

function show(layout: CloudLayout, status: readonly DaemonStatus[], components: readonly string[]): void {
  say(`${layout.stateDirectory}: zone ${layout.zone}, network ${layout.network.mode} ${layout.network.subnet}`);
  for (const { name, url, pid, ready, problems } of status) {
    const state = pid === undefined ? 'not running' : ready ? 'ready' : 'NOT READY';
    say(`  ${name.padEnd(7)} ${url.padEnd(24)} ${state}${pid === undefined ? '' : ` (pid ${pid})`}`);
    for (const problem of problems) say(`          ${problem}`);
    if (!ready) say(`          log: ${logFile(layout, name)}`);
  }
  if (components.length > 0) say(['as the CLC sees it:', ...components].join('\n'));
}

async function daemonStatus(layout: CloudLayout, name: DaemonName): Promise<DaemonStatus> {
  const url = baseUrl(layout, name);
  const pid = runningPid(pidFile(layout, name));
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) });
    const { checks } = (await response.json()) as {
      checks: { name: string; ok: boolean; code?: string; message?: string }[];
    };
    const problems = checks.filter(({ ok }) => !ok).map((check) => `${check.name}: ${check.code}: ${check.message}`);
    return { name, url, pid, ready: pid !== undefined && response.ok, problems };
  } catch (error) {
    const problems = pid === undefined ? [] : [error instanceof Error ? error.message : String(error)];
    return { name, url, pid, ready: false, problems };
  }
}

/** What the CLC knows of the others: last contact, and why a component counts as down. */
async function componentLines(layout: CloudLayout): Promise<string[]> {
  try {
    const components = await describeComponents(administrationOf(layout));
    return components.map(({ type, name, state, lastContact, reason }) => {
      const why = reason === '' ? '' : `, ${reason}`;
      return `  ${type} ${name}: ${state}, last contact ${lastContact === '' ? 'never' : lastContact}${why}`;
    });
  } catch (error) {
    return [`  ${error instanceof Error ? error.message : String(error)}`];
  }
}
