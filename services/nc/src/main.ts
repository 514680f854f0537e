#!/usr/bin/env node
import { runDaemon } from '@mallee/daemon';
import { configSchema } from './config.js';
import { start } from './start.js';

await runDaemon({ name: 'nc', schema: configSchema, start });
