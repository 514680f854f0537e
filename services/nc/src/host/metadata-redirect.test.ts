import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { HostExec, runOrThrow, type Argv } from '@mallee/network';
import { describeReal } from '@mallee/testing';
import { eventually } from '../test-support/examples.js';
import { metadataTable, renderMetadataRedirect, renderRedirectRemoval } from './metadata-redirect.js';

const SHOW_PEER = "require('node:http').createServer((q, r) => r.end(q.socket.remoteAddress)).listen(8779, '0.0.0.0')";
const ASK =
  'fetch(process.argv[1], { signal: AbortSignal.timeout(3000) }).then((r) => r.text()).then(console.log, () => process.exit(1))';

it('names its table after the tag, in characters that nft takes', () => {
  expect(metadataTable('my-cloud-2')).toBe('mallee_nc_my_cloud_2');
});

describeReal({ root: true, programs: ['ip', 'nft', 'nsenter'] }, 'metadata redirect with real packets', () => {
  const [node, guest] = [`mncn${process.pid}`, `mncg${process.pid}`];
  const host = new HostExec();
  const inNode = new HostExec({ netns: `/run/netns/${node}` });
  const inGuest = new HostExec({ netns: `/run/netns/${guest}` });
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    const run = (exec: HostExec, ...commands: string[]) =>
      commands.reduce<Promise<unknown>>(
        (before, command) => before.then(() => runOrThrow(exec, command.split(' ') as unknown as Argv)),
        Promise.resolve(),
      );
    await run(host, `ip netns add ${node}`, `ip netns add ${guest}`);
    await run(
      inNode,
      'ip link set lo up',
      'ip link add br0 type bridge',
      'ip addr add 10.99.0.1/24 dev br0',
      'ip link set br0 up',
      `ip link add port0 type veth peer name eth0 netns ${guest}`,
      'ip link set port0 master br0',
      'ip link set port0 up',
    );
    await run(
      inGuest,
      'ip addr add 10.99.0.2/24 dev eth0',
      'ip link set eth0 up',
      'ip route add default via 10.99.0.1',
    );
    server = spawn('nsenter', [`--net=/run/netns/${node}`, process.execPath, '-e', SHOW_PEER], { stdio: 'ignore' });
  }, 60_000);

  afterAll(async () => {
    server?.kill('SIGKILL');
    for (const name of [node, guest]) await host.run(['ip', 'netns', 'delete', name]);
  });

  const ask = async (url: string): Promise<string | undefined> => {
    const { code, stdout } = await inGuest.run([process.execPath, '-e', ASK, url]);
    return code === 0 ? stdout.trim() : undefined;
  };

  it('leads the guest to the server, which sees the address of the guest; loading again changes nothing', async () => {
    await eventually('the server answers', async () => (await ask('http://10.99.0.1:8779/')) !== undefined, 30_000);
    expect(await ask('http://169.254.169.254/')).toBeUndefined();
    for (let time = 0; time < 2; time += 1) {
      await runOrThrow(inNode, ['nft', '-f', '-'], { input: renderMetadataRedirect('t-1', 'br0', 8779) });
      expect(await ask('http://169.254.169.254/')).toBe('10.99.0.2');
    }
    const { stdout } = await inNode.run(['nft', 'list', 'ruleset']);
    expect(stdout.split('redirect').length - 1).toBe(1);
    for (let time = 0; time < 2; time += 1) {
      await runOrThrow(inNode, ['nft', '-f', '-'], { input: renderRedirectRemoval('t-1') });
    }
    expect((await inNode.run(['nft', 'list', 'ruleset'])).stdout).toBe('');
  }, 60_000);
});
