import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { authenticateEc2Query } from './ec2.js';
import type { Headers, SignedRequest } from './request.js';
import { authenticateS3 } from './s3.js';

// The AWS SDK for JavaScript as an independent signer: its requests are caught before they are sent.
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const lookup = (): Promise<{ secretKey: string; principal: string }> =>
  Promise.resolve({ secretKey: keys.secretAccessKey, principal: 'alice' });

interface Caught extends SignedRequest {
  readonly body: Buffer;
}

interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

/** A request handler that keeps the request and fails the call. */
function catcher(): { caught: () => Caught; handler: { handle: (request: SdkRequest) => Promise<never> } } {
  let kept: SdkRequest | undefined;
  return {
    handler: {
      handle: (request) => {
        kept = request;
        return Promise.reject(new Error('caught'));
      },
    },
    caught: () => {
      const request = kept!;
      const query = Object.entries(request.query ?? {}).map(([name, value]) =>
        value === null ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
      );
      const headers: Headers = Object.fromEntries(
        Object.entries(request.headers).map(([n, v]) => [n.toLowerCase(), v]),
      );
      const body = typeof request.body === 'string' ? Buffer.from(request.body) : Buffer.alloc(0);
      return { method: request.method, rawPath: request.path, rawQuery: query.join('&'), headers, body };
    },
  };
}

const base = { region: 'eucalyptus', credentials: keys, maxAttempts: 1 };

describe('requests of the AWS SDK', () => {
  it('EC2', async () => {
    const { handler, caught } = catcher();
    const client = new EC2Client({
      ...base,
      endpoint: 'http://127.0.0.1:8773/services/compute',
      requestHandler: handler as never,
    });
    await expect(client.send(new DescribeInstancesCommand({ InstanceIds: ['i-1'] }))).rejects.toThrow('caught');
    const request = caught();
    const parameters = [...new URLSearchParams(request.body.toString())];
    const result = await authenticateEc2Query({ ...request, parameters }, lookup, new Date());
    expect(result).toEqual({ principal: 'alice', accessKeyId: keys.accessKeyId, version: 'V4' });
  });

  it.each([
    ['GET', new GetObjectCommand({ Bucket: 'b', Key: "a b/ü+&=~!*()'.txt", VersionId: 'v 1' })],
    ['PUT', new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'hello', Metadata: { a: 'two  spaces ' } })],
    ['LIST', new ListObjectsV2Command({ Bucket: 'b', Prefix: 'a b/', Delimiter: '/', EncodingType: 'url' })],
  ])('S3 %s', async (_name, command) => {
    const { handler, caught } = catcher();
    const client = new S3Client({
      ...base,
      endpoint: 'http://127.0.0.1:8776',
      forcePathStyle: true,
      requestHandler: handler as never,
    });
    await expect(client.send(command as GetObjectCommand)).rejects.toThrow('caught');
    expect(await authenticateS3(caught(), lookup, new Date())).toMatchObject({ principal: 'alice', version: 'V4' });
  });
});
