import { describe, expect, it } from '@jest/globals';
import { assignHosts, type Host } from './hosts.js';

const front = ['clc=10.0.0.1', 'walrus=10.0.0.1', 'sc=10.0.0.2', 'cc=10.0.0.2'];

function nodes(hosts: readonly Host[]): string[] {
  return hosts.filter(({ daemon }) => daemon === 'nc').map(({ name, host, port }) => `${name} ${host}:${port}`);
}

describe('assignHosts', () => {
  it('gives the ports of the original and numbers the nodes', () => {
    const hosts = assignHosts([...front, 'nc=node-a.example', 'nc=node-a.example:9775'], []);
    expect(hosts.map(({ name, host, port }) => `${name} ${host}:${port}`)).toEqual([
      'clc 10.0.0.1:8773',
      'walrus 10.0.0.1:8776',
      'sc 10.0.0.2:8777',
      'cc 10.0.0.2:8774',
      'nc-1 node-a.example:8775',
      'nc-2 node-a.example:9775',
    ]);
  });

  it('keeps the names of known nodes in any order, and never gives the name of one that is gone to another', () => {
    const known = assignHosts([...front, 'nc=10.0.0.3', 'nc=10.0.0.4'], []);
    expect(nodes(assignHosts([...front, 'nc=10.0.0.5', 'nc=10.0.0.4'], known))).toEqual([
      'nc-3 10.0.0.5:8775',
      'nc-2 10.0.0.4:8775',
    ]);
    const left = assignHosts([...front, 'nc=10.0.0.3'], known);
    expect(nodes(assignHosts([...front, 'nc=10.0.0.3', 'nc=10.0.0.9'], left, [1, 2]))).toEqual([
      'nc-1 10.0.0.3:8775',
      'nc-3 10.0.0.9:8775',
    ]);
  });

  it.each([
    [front, /nc=ADDRESS is missing/],
    [[...front, 'nc=10.0.0.3', 'clc=10.0.0.9'], /clc=... may be given once/],
    [[...front, 'nc=10.0.0.3', 'nc=10.0.0.3:8775'], /given to two daemons/],
    [[...front, 'nc=10.0.0.3:70000'], /a port is/],
    [[...front, 'nc'], /is not DAEMON=ADDRESS/],
    [[...front, 'dns=10.0.0.3'], /is not DAEMON=ADDRESS/],
    [[...front, 'nc=../x'], /is not DAEMON=ADDRESS/],
    [[...front, 'nc=a/../../b'], /is not DAEMON=ADDRESS/],
  ])('refuses %j', (given, message) => {
    expect(() => assignHosts(given, [])).toThrow(message);
  });
});
