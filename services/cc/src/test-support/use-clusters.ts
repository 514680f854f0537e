import { afterAll, afterEach, beforeAll } from '@jest/globals';
import {
  scratchDirectory,
  startTestPostgres,
  startTestRedis,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import { makeKeys } from './keys.js';
import { SimulatedNode, type NodeSize } from './simulated-node.js';
import { SimulatedCloud, TestCluster, testConfig, until, type Overrides, type Surroundings } from './test-cluster.js';

export interface Clusters {
  /** Set before the first test. */
  readonly around: Surroundings;
  readonly cloud: SimulatedCloud;
  /** Those that end with the test; one that it makes itself is pushed. */
  readonly nodes: SimulatedNode[];
  readonly makeNodes: (number: number, size?: NodeSize) => Promise<SimulatedNode[]>;
  /** A cluster of its own for each test, with all nodes up. */
  readonly makeCluster: (of: readonly SimulatedNode[], overrides?: Overrides) => Promise<TestCluster>;
}

/**
 * Cluster controllers against simulated nodes, with a real Postgres, Redis, HTTP and signatures, for the tests of the file that calls
 * this. What a test makes ends with it.
 */
export function useClusters(): Clusters {
  let scratch: ScratchDirectory;
  let postgres: TestService;
  let redis: TestService;
  let around: Surroundings;
  const cloud = new SimulatedCloud();
  const nodes: SimulatedNode[] = [];
  const clusters: TestCluster[] = [];
  let count = 0;

  beforeAll(async () => {
    scratch = scratchDirectory();
    [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
    const keys = await makeKeys(scratch.path);
    around = { directory: scratch.path, keys, databaseUrl: postgres.url, queueUrl: redis.url };
    await cloud.up(keys);
  }, 120_000);

  afterEach(async () => {
    for (const cluster of clusters.splice(0)) await cluster.stop();
    for (const node of nodes.splice(0)) await node.down();
  });

  afterAll(async () => {
    cloud.down();
    await Promise.all([postgres.stop(), redis.stop()]);
    scratch.remove();
  });

  return {
    cloud,
    nodes,
    get around() {
      return around;
    },
    makeNodes: async (number, size) => {
      const made = Array.from({ length: number }, () => new SimulatedNode(around.keys, size));
      for (const node of made) await node.up();
      nodes.push(...made);
      return made;
    },
    makeCluster: async (of, overrides = {}) => {
      const name = `Test${String((count += 1))}`;
      const urls = of.map((node) => node.url);
      const config = testConfig(around, urls, { cluster: name, cloudUrl: cloud.url, ...overrides });
      const cluster = new TestCluster(around, config);
      await cluster.start();
      clusters.push(cluster);
      await until('all nodes are up', async () => {
        const up = await cluster.query(`select from node where state = 'up'`);
        return up.length === of.length;
      });
      return cluster;
    },
  };
}
