import type { EC2Client } from '@aws-sdk/client-ec2';
import type { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import type { GuestImage } from '@mallee/guest-image';
import { clientOptions, type CloudLayout, cloudClients } from '@mallee/local-cloud';
import { say, step } from '../progress.js';

/** Everything the steps of one demo share. The steps use the public interfaces only. */
export interface DemoRun {
  readonly layout: CloudLayout;
  readonly guest: GuestImage;
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly sts: STSClient;
  /** Short name of this run, part of every name it makes. */
  readonly id: string;
  readonly timings: { what: string; milliseconds: number }[];
}

export function startDemoRun(layout: CloudLayout, guest: GuestImage): DemoRun {
  return {
    layout,
    guest,
    ...cloudClients(layout),
    sts: new STSClient(clientOptions(layout)),
    id: Date.now().toString(36),
    timings: [],
  };
}

export function endDemoRun(run: DemoRun): void {
  for (const client of [run.ec2, run.s3, run.sts]) client.destroy();
}

/** One step: shows the equivalent `aws` command, does it, and keeps its time. */
export async function demoStep<T>(
  run: DemoRun,
  what: string,
  command: string | undefined,
  work: (update: (detail: string) => void) => Promise<T>,
): Promise<T> {
  if (command !== undefined) say(`\n$ aws ${command}`);
  const started = performance.now();
  const result = await step(what, work);
  run.timings.push({ what, milliseconds: performance.now() - started });
  return result;
}
