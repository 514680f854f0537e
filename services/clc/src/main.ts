#!/usr/bin/env node
import { runDaemon } from '@mallee/daemon';
import { clcConfigSchema } from './config.js';
import { startClc } from './start.js';

await runDaemon({ name: 'clc', schema: clcConfigSchema, start: startClc });
