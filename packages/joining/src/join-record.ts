import { existsSync, readFileSync } from 'node:fs';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { joinRoles } from './roles.js';

const schema = z.object({
  /** Id of the token. */
  token: z.string(),
  role: z.enum(joinRoles),
  /** asked: the daemon may have been registered. joined: it is, and its configuration is written. */
  stage: z.enum(['asked', 'joined']),
  /** Endpoints where the component was registered; its later keys are registered there too. */
  urls: z.array(z.string()),
  pin: z.string(),
  name: z.string().optional(),
});

/** `join.json`: how far joining has come, and where it happened. No secret is in it. */
export type JoinRecord = z.infer<typeof schema>;

/** @throws Configuration.Invalid when the file is damaged */
export function readJoinRecord(file: string): JoinRecord | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new MalleeError('Configuration.Invalid', `${file} is damaged`, { cause });
  }
}
