import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction, type ActionContext } from '../../ec2/action.js';
import { text } from '../../ec2/schema.js';
import { normaliseId } from '../../identity/ids.js';
import { findImage } from '../../resources/images.js';
import { removeAllTags } from '../../resources/tags.js';

export const DeregisterImage = defineAction({
  name: 'DeregisterImage',
  authorization: 'user',
  metric: 'DeregisterImage',
  summary: 'Take an image out of use; running instances keep theirs and the bundle stays in its bucket.',
  parameters: z.object({ ImageId: text(64) }),
  async run(given, context) {
    const imageId = normaliseId(given.ImageId);
    const image = await findImage(context.pool, context.caller, imageId);
    if (!image) throw new MalleeError('InvalidAMIID.NotFound', `The image id '[${imageId}]' does not exist`);
    if (image.account_id !== context.caller.accountId && !context.caller.isAdmin) {
      throw new MalleeError('UnauthorizedOperation', `Only the owner of ${imageId} may deregister it`);
    }
    if (image.state === 'deregistered') {
      throw new MalleeError('InvalidAMIID.Unavailable', `The image ID '${imageId}' is no longer available`);
    }
    await context.pool.query(`update image set state = 'deregistered' where image_id = $1`, [imageId]);
    await removeAllTags(context.pool, imageId);
    await flushCache(context, image.location, image.account_id);
    return { return: true };
  },
});

/** A cache that could not be flushed costs disk space in Walrus until it is evicted, nothing else. */
async function flushCache(
  { clients, logger, pool }: ActionContext,
  location: string,
  accountId: string,
): Promise<void> {
  const others = await pool.query(`select 1 from image where location = $1 and state = 'available'`, [location]);
  if (others.rowCount) return;
  try {
    const { walrus } = await clients.walrus();
    await walrus.call('FlushCachedImage', { userId: 'eucalyptus', location, accountId });
  } catch (error) {
    logger.warn({ err: error, location }, 'could not flush the cached image');
  }
}
