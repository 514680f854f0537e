import { Option } from 'commander';
import type { ProfileName, SuiteName } from '@mallee/ws-security';

export const SUITES: readonly SuiteName[] = ['rsa-sha256', 'rsa-sha1'];
const PROFILES: readonly ProfileName[] = ['body-timestamp', 'headers-only'];

export function profileOption(): Option {
  return new Option('--profile <profile>', 'which parts are signed; headers-only for originals up to 2.0.2')
    .choices(PROFILES)
    .default('body-timestamp');
}

/** Collects an option that may be repeated. */
export function append(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
