import { MalleeError } from '@mallee/errors';
import type { ObjectContext } from '../s3/context.js';
import { malformed, receiveXml, textOf } from '../s3/documents.js';
import { findReadable } from '../s3/open-readable.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { setLegalHold } from '../storage/change-version.js';
import { requireObjectLock } from './object-retention.js';

/** GET /bucket/key?legal-hold */
export async function getObjectLegalHold(context: ObjectContext): Promise<void> {
  const actions = { current: 's3:GetObjectLegalHold', version: 's3:GetObjectLegalHold' };
  const { object, bucket } = await findReadable(context, actions);
  requireObjectLock(bucket);
  if (object.legalHold === undefined) {
    throw new MalleeError(
      'NoSuchObjectLockConfiguration',
      'The specified object does not have a ObjectLock configuration',
    );
  }
  sendXml(context.response, 200, s3Document('LegalHold', field('Status', object.legalHold ? 'ON' : 'OFF')));
}

/** PUT /bucket/key?legal-hold */
export async function putObjectLegalHold(context: ObjectContext): Promise<void> {
  const actions = { current: 's3:PutObjectLegalHold', version: 's3:PutObjectLegalHold' };
  const { object, bucket } = await findReadable(context, actions);
  requireObjectLock(bucket);
  const status = textOf(await receiveXml(context, 'LegalHold'), 'Status')?.trim();
  if (status !== 'ON' && status !== 'OFF') throw malformed();
  await setLegalHold(context.services.pool, object, status === 'ON');
  sendEmpty(context.response, 200);
}
