import { MalleeError } from '@mallee/errors';
import { parseXml, type XmlElement } from '@mallee/xml';
import { bucketOf, mayWrite, require } from '../s3/access.js';
import type { BucketContext } from '../s3/context.js';
import { toS3Error } from '../s3/error-response.js';
import { checkKey } from '../s3/path.js';
import { receiveDocument } from '../s3/receive-body.js';
import { sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import { deleteObject } from '../storage/objects.js';

const MAX_KEYS = 1000;
const MAX_BODY = 2 * 1024 * 1024;

/** POST /bucket?delete: up to 1000 keys, each with its own outcome. */
export async function deleteObjects(context: BucketContext): Promise<void> {
  const { services, caller, request, headers, payload } = context;
  const bucket = await bucketOf(context);
  require(mayWrite(caller, bucket));
  const { keys, quiet } = readDelete(await receiveDocument({ request, headers, payload, maxBytes: MAX_BODY }));
  const results: string[] = [];
  for (const key of keys) {
    try {
      await deleteObject(services.pool, bucket.name, checkKey(key));
      if (!quiet) results.push(element('Deleted', field('Key', key)));
    } catch (cause) {
      const error = toS3Error(cause);
      results.push(element('Error', field('Key', key), field('Code', error.code), field('Message', error.message)));
    }
  }
  services.janitor.collectSoon();
  sendXml(context.response, 200, s3Document('DeleteResult', results));
}

function readDelete(body: Buffer): { keys: string[]; quiet: boolean } {
  const root = parseXml(body, { allowComments: true, maxBytes: MAX_BODY });
  const objects = root.children.filter((child) => child.local === 'Object');
  const keys = objects.map((object) => textOf(object, 'Key') ?? '');
  if (root.local !== 'Delete' || keys.length === 0 || keys.length > MAX_KEYS || keys.includes('')) {
    throw new MalleeError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  const versioned = objects.some((object) => !['null', '', undefined].includes(textOf(object, 'VersionId')));
  if (versioned) throw new MalleeError('NotImplemented', 'Versions of objects are not implemented.');
  return { keys, quiet: textOf(root, 'Quiet')?.trim() === 'true' };
}

function textOf(parent: XmlElement, name: string): string | undefined {
  return parent.children.find((child) => child.local === name)?.text;
}
