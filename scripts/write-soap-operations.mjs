// Writes docs/reference/soap-operations.md from what the built daemons serve: npm run docs:soap
import { writeFileSync } from 'node:fs';
import { operationsReference } from '../packages/soap-rpc/dist/index.js';
import { cloudDialect, extensionDialect as cloudExtension } from '../services/clc/dist/soap/dialects.js';
import { clusterDialects, extensionDialect as clusterExtension, keyDialects } from '../services/cc/dist/soap.js';
import { soapDialects as nodeDialects } from '../services/nc/dist/soap-dialects.js';
import { storageDialects } from '../services/sc/dist/soap.js';
import { imageOperations } from '../services/walrus/dist/images/image-operations.js';
import { walrusDialect } from '../services/walrus/dist/soap-dialect.js';

// The handlers look at what they work on only when a request comes.
const nothing = {};
const text = operationsReference([
  { daemon: 'cc', dialects: clusterDialects(nothing) },
  { daemon: 'cc', dialects: keyDialects(nothing) },
  { daemon: 'cc', dialects: [clusterExtension(nothing)] },
  ...nodeDialects(nothing).map((dialects) => ({ daemon: 'nc', dialects })),
  { daemon: 'sc', dialects: storageDialects(nothing) },
  { daemon: 'walrus', dialects: [walrusDialect(imageOperations(nothing))] },
  { daemon: 'clc', dialects: [cloudDialect(nothing)] },
  { daemon: 'clc', dialects: [cloudExtension(nothing)] },
]);
writeFileSync(new URL('../docs/reference/soap-operations.md', import.meta.url), text);
