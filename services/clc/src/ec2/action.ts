import type { Logger } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import type { z } from 'zod';
import type { ComponentClients } from '../components/clients.js';
import type { ClcConfig } from '../config.js';
import type { Caller } from '../identity/caller.js';
import type { ApiVersion } from './version.js';
import type { XmlFields } from './xml.js';

/** What an action works with besides its parameters. */
export interface ActionContext {
  readonly caller: Caller;
  readonly version: ApiVersion;
  /** UUID; also the RequestId of the answer. */
  readonly correlationId: string;
  /** What clients can reach, without path: http://host:port. */
  readonly publicUrl: string;
  readonly pool: Pool;
  readonly clients: ComponentClients;
  readonly config: Pick<ClcConfig, 'region' | 'timings' | 'quotas'>;
  readonly logger: Logger;
  /** To be called after components were registered or removed. */
  readonly componentsChanged: () => Promise<void>;
}

/**
 * Who may call an action at all. `user`: every enabled user, for the resources of the own account. `cloud-admin`:
 * administrators of the whole cloud.
 */
export type Authorization = 'user' | 'cloud-admin';

export interface Action<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly authorization: Authorization;
  /** Label value of the metric `mallee_clc_requests_total` and of the duration histogram. */
  readonly metric: string;
  /** One sentence for docs/reference/ec2-actions.md. */
  readonly summary: string;
  readonly parameters: S;
  /** The children of the response element, without requestId. */
  run(parameters: z.output<S>, context: ActionContext): Promise<XmlFields> | XmlFields;
}

/** Ties parameters and implementation together for the type checker. */
export function defineAction<S extends z.ZodType>(action: Action<S>): Action {
  // The dispatcher always passes what `parameters` returned, so the narrower parameter type is safe here.
  return action;
}
