#!/usr/bin/env node
import { runDaemon } from '@mallee/daemon';
import { storageConfigSchema } from './config.js';
import { startStorageController } from './storage-controller.js';

await runDaemon({ name: 'sc', schema: storageConfigSchema, start: startStorageController });
