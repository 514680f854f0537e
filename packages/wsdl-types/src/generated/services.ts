// Generated from wsdl/ by `npm run generate`; do not edit.

import type { ServiceTable } from '../table.js';
import { EucalyptusCC_2_0 } from './2.0/cc.tables.js';
import { EucalyptusNC_2_0 } from './2.0/nc.tables.js';
import { EucalyptusGL_2_0 } from './2.0/gl.tables.js';
import { EucalyptusCC_4_4 } from './4.4/cc.tables.js';
import { EucalyptusNC_4_4 } from './4.4/nc.tables.js';
import { EucalyptusGL_4_4 } from './4.4/gl.tables.js';
import { EucalyptusSC_4_4 } from './4.4/sc.tables.js';

/** The interfaces of the original that Mallee speaks, by the release that has them. */
export type Dialect = '2.0' | '4.4';

export const dialects: readonly Dialect[] = ['2.0', '4.4'];

/** The tables of the original's services, by service and dialect. Not every service is in every dialect. */
export const services = {
  EucalyptusCC: { '2.0': EucalyptusCC_2_0, '4.4': EucalyptusCC_4_4 },
  EucalyptusNC: { '2.0': EucalyptusNC_2_0, '4.4': EucalyptusNC_4_4 },
  EucalyptusGL: { '2.0': EucalyptusGL_2_0, '4.4': EucalyptusGL_4_4 },
  EucalyptusSC: { '4.4': EucalyptusSC_4_4 },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<Dialect, ServiceTable>>>>>;

export type ServiceName = keyof typeof services;
