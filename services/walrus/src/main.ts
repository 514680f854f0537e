#!/usr/bin/env node
import { runDaemon } from '@mallee/daemon';
import { walrusConfigSchema } from './config.js';
import { createImageService } from './images/index.js';
import { startWalrus } from './start.js';

await runDaemon({
  name: 'walrus',
  schema: walrusConfigSchema,
  start: (context) => startWalrus(context, createImageService),
});
