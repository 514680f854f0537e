import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MalleeError } from '@mallee/errors';
import { findProgram, runCommand } from '@mallee/processes';
import { runningPid, startDetached, stopDetached } from './detached-process.js';
import { runDirectory } from './run-directory.js';
import { isRoot } from './system-user.js';

export interface PrivateLibvirtd {
  /** Connection URI for virsh. */
  readonly uri: string;
  readonly stop: () => Promise<void>;
}

const LAUNCHER = fileURLToPath(new URL('../libexec/private-libvirtd', import.meta.url));

/**
 * A libvirtd of our own. As root: system mode in a private mount namespace, so that it shares no file with a libvirtd of
 * the machine. Not root: session mode with its directories below ours. QEMU runs as the user who calls this.
 */
export async function startLibvirtd({ directory }: { directory: string }): Promise<PrivateLibvirtd> {
  const program = findProgram('libvirtd');
  if (program === undefined) {
    throw new MalleeError(
      'Platform.ProgramMissing',
      'libvirtd is not installed; the Debian packages are libvirt-daemon and libvirt-clients',
    );
  }
  const root = resolve(directory);
  const pidFile = join(root, 'libvirtd.pid');
  const plan = isRoot() ? systemPlan(program, root) : sessionPlan(program, root);
  if (runningPid(pidFile) === undefined) {
    await startDetached({ argv: plan.argv, env: plan.env, pidFile, logFile: join(root, 'libvirtd.log'), cwd: root });
  }
  await waitForLibvirt(plan.uri, pidFile, join(root, 'libvirtd.log'));
  return { uri: plan.uri, stop: () => stopLibvirtd({ directory }) };
}

/** Stops libvirtd only; guests are QEMU processes of their own and go on. */
export async function stopLibvirtd({ directory }: { directory: string }): Promise<void> {
  await stopDetached(join(resolve(directory), 'libvirtd.pid'));
}

interface Plan {
  readonly argv: [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly uri: string;
}

function systemPlan(program: string, root: string): Plan {
  const run = join(runDirectory(root), 'lv');
  for (const part of ['run', 'lib', 'etc', 'log', 'cache']) mkdirSync(join(run, part), { recursive: true });
  // Whoever may only look still sees the domain documents, in which a guest's user data is.
  chmodSync(run, 0o700);
  const settings = [
    'user = "root"',
    'group = "root"',
    'security_driver = "none"',
    'namespaces = []',
    'cgroup_controllers = []',
    'dynamic_ownership = 0',
    'remember_owner = 0',
    'stdio_handler = "file"', // else virtlogd must run
    'set_process_name = 0',
  ];
  mkdirSync(join(run, 'etc'), { recursive: true });
  writeFileSync(join(run, 'etc', 'qemu.conf'), `${settings.join('\n')}\n`);
  const socketSettings = [
    'unix_sock_rw_perms = "0700"',
    'unix_sock_ro_perms = "0700"',
    'auth_unix_rw = "none"',
    'auth_unix_ro = "none"',
  ];
  writeFileSync(join(run, 'etc', 'libvirtd.conf'), `${socketSettings.join('\n')}\n`);
  const unshare = findProgram('unshare') ?? 'unshare';
  return {
    argv: [unshare, '--mount', '--propagation', 'private', LAUNCHER, run, program],
    env: process.env,
    uri: `qemu+unix:///system?socket=${join(run, 'run', 'libvirt-sock')}`,
  };
}

function sessionPlan(program: string, root: string): Plan {
  const run = runDirectory(root);
  const directories = {
    XDG_RUNTIME_DIR: join(run, 'r'),
    XDG_CONFIG_HOME: join(run, 'c'),
    XDG_CACHE_HOME: join(run, 'k'),
  };
  for (const path of Object.values(directories)) mkdirSync(path, { recursive: true, mode: 0o700 });
  // Without this file QEMU's output goes to virtlogd, which a session starts by itself and leaves behind.
  mkdirSync(join(run, 'c', 'libvirt'), { recursive: true });
  writeFileSync(join(run, 'c', 'libvirt', 'qemu.conf'), 'stdio_handler = "file"\n');
  return {
    argv: [program],
    env: { ...process.env, ...directories },
    uri: `qemu+unix:///session?socket=${join(run, 'r', 'libvirt', 'libvirt-sock')}`,
  };
}

async function waitForLibvirt(uri: string, pidFile: string, logFile: string): Promise<void> {
  const virsh = findProgram('virsh');
  if (virsh === undefined) {
    throw new MalleeError('Platform.ProgramMissing', 'virsh is not installed; the Debian package is libvirt-clients');
  }
  const socket = uri.slice(uri.indexOf('socket=') + 'socket='.length);
  const until = Date.now() + 30_000;
  let last: unknown;
  while (Date.now() < until) {
    if (runningPid(pidFile) === undefined) break;
    try {
      if (existsSync(socket)) return void (await runCommand(virsh, ['-c', uri, 'version'], { timeoutMs: 10_000 }));
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new MalleeError('Node.HypervisorUnavailable', `libvirtd did not become ready; see ${logFile}`, { cause: last });
}
