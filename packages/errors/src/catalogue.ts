import { cluster } from './catalogue/cluster.js';
import { ec2 } from './catalogue/ec2.js';
import { image } from './catalogue/image.js';
import { joining } from './catalogue/joining.js';
import { node } from './catalogue/node.js';
import { platform } from './catalogue/platform.js';
import { s3 } from './catalogue/s3.js';
import { storage } from './catalogue/storage.js';
import { wire } from './catalogue/wire.js';
import type { CatalogueEntry } from './entry.js';

const parts = { ...platform, ...wire, ...joining, ...ec2, ...s3, ...node, ...cluster, ...image, ...storage };

export type ErrorCode = keyof typeof parts;

/** Every code Mallee can report; docs/reference/errors.md lists exactly these (a test compares). */
export const catalogue: Readonly<Record<ErrorCode, CatalogueEntry>> = parts;
