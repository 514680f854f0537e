import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { actionReference } from './action-reference.js';

writeFileSync(fileURLToPath(new URL('../../../../docs/reference/ec2-actions.md', import.meta.url)), actionReference());
