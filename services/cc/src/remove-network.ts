#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { loadConfig } from '@mallee/daemon';
import { toMalleeError } from '@mallee/errors';
import { clusterConfigSchema } from './config.js';
import { desiredNetwork } from './network-controller.js';
import { makeNetwork } from './start.js';

// Takes bridge, DHCP server and rules of a cluster off the host; the daemon leaves them, since guests outlive it.
try {
  const { values } = parseArgs({ options: { config: { type: 'string', short: 'c' } } });
  const config = loadConfig(values.config ?? '', clusterConfigSchema);
  await makeNetwork(config, () => undefined).remove(desiredNetwork(config));
} catch (error) {
  const { code, message } = toMalleeError(error);
  process.stderr.write(`remove-network: ${code}: ${message}\n`);
  process.exitCode = 1;
}
