import type { NodeRecord } from '../store/nodes.js';
import { fits, type Candidate, type Need } from './scheduler.js';

export function toCandidate(node: NodeRecord): Candidate {
  return {
    url: node.url,
    up: node.configured && node.state === 'up',
    memory: node.memoryAvailable,
    disk: node.diskAvailable,
    cores: node.coresAvailable,
  };
}

function short(what: string, free: number, wanted: number): string[] {
  return free >= wanted ? [] : [`${what} ${String(free)} free`];
}

/** Says per node why it does not take the instance: what is short, or why it is down. Pure. */
export function explainPlacement(nodes: readonly NodeRecord[], candidates: readonly Candidate[], need: Need): string {
  const wanted = `needs ${String(need.cores)} core(s), ${String(need.memory)} MB memory, ${String(need.disk)} GB disk`;
  if (nodes.length === 0) return `${wanted}; no node is registered`;
  const lines = nodes.map((node, index) => {
    if (!node.configured) return `${node.url}: taken out of the configuration`;
    if (node.state === 'down') {
      const why = node.lastErrorCode === null ? 'not polled yet' : `${node.lastErrorCode}: ${node.lastError ?? ''}`;
      return `${node.url}: down (${why})`;
    }
    const free = candidates[index] ?? toCandidate(node);
    if (fits(free, need)) return `${node.url}: fits`;
    const missing = [
      ...short('cores', free.cores, need.cores),
      ...short('memory MB', free.memory, need.memory),
      ...short('disk GB', free.disk, need.disk),
    ];
    return `${node.url}: ${missing.join(', ')}`;
  });
  return `${wanted}; ${lines.join('; ')}`;
}
