import type { Command } from 'commander';
import { runningPid } from '@mallee/private-services';
import {
  baseUrl,
  type CloudLayout,
  configurationCall,
  type DaemonName,
  daemons,
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
      const components = status[0]?.ready === true ? await describeComponents(layout) : '';
      if (options.json === true) say(JSON.stringify({ layout, daemons: status }, null, 2));
      else show(layout, status, components);
      if (status.some(({ ready }) => !ready)) process.exitCode = 1;
    });
}

function show(layout: CloudLayout, status: readonly DaemonStatus[], components: string): void {
  say(`${layout.stateDirectory}: zone ${layout.zone}, network ${layout.network.mode} ${layout.network.subnet}`);
  for (const { name, url, pid, ready, problems } of status) {
    const state = pid === undefined ? 'not running' : ready ? 'ready' : 'NOT READY';
    say(`  ${name.padEnd(7)} ${url.padEnd(24)} ${state}${pid === undefined ? '' : ` (pid ${pid})`}`);
    for (const problem of problems) say(`          ${problem}`);
    if (!ready) say(`          log: ${logFile(layout, name)}`);
  }
  if (components !== '') say(components);
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
async function describeComponents(layout: CloudLayout): Promise<string> {
  try {
    const xml = await configurationCall(layout, 'DescribeComponents', {});
    const items = xml.match(/<item>[\s\S]*?<\/item>/g) ?? [];
    const field = (item: string, name: string): string =>
      new RegExp(`<${name}>([^<]*)</${name}>`).exec(item)?.[1] ?? '';
    const lines = items.map((item) => {
      const problem = field(item, 'lastError');
      return `  ${field(item, 'type')} ${field(item, 'name')}: last contact ${field(item, 'lastOkAt') || 'never'}${problem === '' ? '' : `, ${problem}`}`;
    });
    return ['as the CLC sees it:', ...lines].join('\n');
  } catch (error) {
    return `as the CLC sees it: ${error instanceof Error ? error.message : String(error)}`;
  }
}
