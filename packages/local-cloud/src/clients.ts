import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { readCredentials } from './credentials.js';
import type { CloudLayout } from './layout.js';
import { baseUrl } from './processes.js';

export interface CloudClients {
  readonly ec2: EC2Client;
  readonly s3: S3Client;
}

/** What any user of the AWS SDK would configure: endpoint, region, credentials. */
export function clientOptions(layout: CloudLayout): {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
} {
  const { accessKeyId, secretAccessKey } = readCredentials(layout);
  return { region: 'mallee', endpoint: baseUrl(layout, 'clc'), credentials: { accessKeyId, secretAccessKey } };
}

/** SDK clients with the administrator's credentials; S3 goes through the CLC, as a client would. */
export function cloudClients(layout: CloudLayout): CloudClients {
  const options = clientOptions(layout);
  return {
    ec2: new EC2Client(options),
    s3: new S3Client({ ...options, endpoint: `${options.endpoint}/services/Walrus`, forcePathStyle: true }),
  };
}
