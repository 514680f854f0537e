#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { runDaemon } from '@mallee/daemon';
import { clusterConfigSchema } from './config.js';
import { startCluster } from './start.js';

await runDaemon({
  name: 'cc',
  schema: clusterConfigSchema,
  start: (context) => {
    const { values } = parseArgs({ options: { config: { type: 'string', short: 'c' } }, strict: false });
    return startCluster(context, typeof values.config === 'string' ? { configFile: values.config } : {});
  },
});
