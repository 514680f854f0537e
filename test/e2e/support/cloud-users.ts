import { S3Client } from '@aws-sdk/client-s3';
import { administrationOf, baseUrl, type CloudLayout, configurationCall } from '@mallee/local-cloud';
import { parseXml, type XmlElement } from '@mallee/xml';

/** A user made at the CLC, with one access key. */
export interface CloudUser {
  readonly account: string;
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** One administration call; its answer. */
export async function administer(layout: CloudLayout, action: string, parameters: Record<string, string>) {
  return parseXml(await configurationCall(administrationOf(layout), action, parameters));
}

/** Makes an account of that name with one user, and a key for him. */
export async function makeUser(layout: CloudLayout, account: string): Promise<CloudUser> {
  const name = 'user';
  await administer(layout, 'CreateAccount', { AccountName: account });
  await administer(layout, 'CreateUser', { AccountName: account, UserName: name });
  return { account, name, ...(await makeKey(layout, { account, name })) };
}

export async function makeKey(
  layout: CloudLayout,
  { account, name }: Pick<CloudUser, 'account' | 'name'>,
): Promise<Pick<CloudUser, 'accessKeyId' | 'secretAccessKey'>> {
  const made = await administer(layout, 'CreateAccessKey', { AccountName: account, UserName: name });
  return { accessKeyId: textIn(made, 'accessKeyId'), secretAccessKey: textIn(made, 'secretAccessKey') };
}

/** Straight to Walrus, which serves while the CLC is away; a refusal is not tried again. */
export function s3Of(layout: CloudLayout, key: Pick<CloudUser, 'accessKeyId' | 'secretAccessKey'>): S3Client {
  const { accessKeyId, secretAccessKey } = key;
  return new S3Client({
    region: 'mallee',
    endpoint: baseUrl(layout, 'walrus'),
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
}

/** Text of the first element of that name. */
export function textIn(element: XmlElement, name: string): string {
  if (element.local === name) return element.text;
  return element.children.map((child) => textIn(child, name)).find((text) => text !== '') ?? '';
}
