import { expect, test } from '@jest/globals';
import type { NodeRecord } from '../store/nodes.js';
import { explainPlacement, toCandidate } from './explain.js';

const up: NodeRecord = {
  url: 'http://a',
  configured: true,
  state: 'up',
  failures: 0,
  lastOkAt: null,
  lastErrorCode: null,
  lastError: null,
  memoryMax: 1024,
  memoryAvailable: 100,
  diskMax: 10,
  diskAvailable: 10,
  coresMax: 4,
  coresAvailable: 0,
  hypervisor: '',
  iqn: '',
};
const need = { memory: 128, disk: 2, cores: 1 };
const explain = (...nodes: NodeRecord[]): string => explainPlacement(nodes, nodes.map(toCandidate), need);

test('every node is named with what is short or why it is down', () => {
  const down: NodeRecord = {
    ...up,
    url: 'http://b',
    state: 'down',
    lastErrorCode: 'Wire.PeerTimeout',
    lastError: '10 s',
  };
  const fresh: NodeRecord = { ...up, url: 'http://c', state: 'down' };
  const roomy: NodeRecord = { ...up, url: 'http://d', memoryAvailable: 999, coresAvailable: 2 };
  expect(explain(up, down, fresh, roomy)).toBe(
    'needs 1 core(s), 128 MB memory, 2 GB disk; http://a: cores 0 free, memory MB 100 free; ' +
      'http://b: down (Wire.PeerTimeout: 10 s); http://c: down (not polled yet); http://d: fits',
  );
  expect(explain()).toContain('no node is registered');
});
