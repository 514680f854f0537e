import { isUniqueViolation, transaction } from '@mallee/database';
import { isErrorCode, isMalleeError, MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction, type ActionContext } from '../../ec2/action.js';
import { optionalText, tagSpecifications, text } from '../../ec2/schema.js';
import { resourceId } from '../../identity/ids.js';
import { requireImage } from '../../launch/images.js';
import { imagePrefixes, type ImageKind } from '../../resources/images.js';
import { putTags, requestedTags } from '../../resources/tags.js';

const parameters = z.object({
  ImageLocation: text(1400),
  Name: optionalText(128),
  Description: optionalText(255),
  Architecture: optionalText(32),
  KernelId: optionalText(64),
  RamdiskId: optionalText(64),
  TagSpecification: tagSpecifications,
});
type Parameters = z.output<typeof parameters>;

export const RegisterImage = defineAction({
  name: 'RegisterImage',
  authorization: 'user',
  metric: 'RegisterImage',
  summary: 'Register an uploaded bundle; kernels and ramdisks by administrators of the cloud only.',
  parameters,
  async run(given, context) {
    const location = checkLocation(given.ImageLocation);
    const tags = requestedTags(given.TagSpecification, 'image');
    const facts = await checkAtWalrus(context, location);
    if (facts.kind !== 'machine' && !context.caller.isAdmin) {
      throw new MalleeError('UnauthorizedOperation', `Only administrators can register ${facts.kind} images.`);
    }
    const linked = await linkedImages(given, facts, context);
    const imageId = await transaction(context.pool, async (client) => {
      for (;;) {
        const id = resourceId(imagePrefixes[facts.kind]);
        const { rowCount } = await client.query(
          `insert into image (image_id, account_id, kind, location, name, description, architecture, platform, kernel_id,
             ramdisk_id, size_bytes, digest, signature)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (image_id) do nothing`,
          [
            id,
            context.caller.accountId,
            facts.kind,
            location,
            given.Name ?? null,
            given.Description ?? null,
            given.Architecture ?? facts.architecture,
            facts.platform,
            linked.kernelId,
            linked.ramdiskId,
            facts.size,
            facts.digest,
            facts.signature,
          ],
        );
        if (rowCount !== 1) continue;
        await putTags(client, context.caller.accountId, 'image', id, tags);
        return id;
      }
    }).catch((error: unknown) => {
      if (!isUniqueViolation(error, 'image_name')) throw error;
      throw new MalleeError('InvalidAMIName.Duplicate', `AMI name ${given.Name ?? ''} is already in use`);
    });
    return { imageId };
  },
});

/** `bucket/key`, with or without a slash in front. @throws Image.LocationInvalid */
function checkLocation(given: string): string {
  const location = given.replace(/^\/+/, '');
  const [bucket, ...key] = location.split('/');
  const bad = key.some((step) => step === '' || step === '.' || step === '..');
  if (!bucket || !/^[a-z0-9A-Z][\w.-]{1,254}$/.test(bucket) || key.length === 0 || bad) {
    throw new MalleeError('Image.LocationInvalid', 'Image registration failed: Invalid image location.');
  }
  return location;
}

interface ImageFacts {
  readonly kind: ImageKind;
  readonly architecture: string;
  readonly platform: 'windows' | null;
  readonly size: number;
  readonly digest: string;
  readonly signature: string;
  readonly kernelId: string | undefined;
  readonly ramdiskId: string | undefined;
}

async function checkAtWalrus({ clients, caller }: ActionContext, location: string): Promise<ImageFacts> {
  const { walrus } = await clients.walrus();
  const facts = await walrus
    .call('CheckImage', { userId: caller.userId, location, accountId: caller.accountId })
    .catch((error: unknown) => {
      throw reasonOf(error);
    });
  if (facts.size === undefined || facts.digest === undefined || facts.signature === undefined) {
    throw new MalleeError('Wire.BadReply', 'Walrus accepted the image but left out its size, digest or signature');
  }
  const kind = facts.kind ?? 'machine';
  if (kind !== 'machine' && kind !== 'kernel' && kind !== 'ramdisk') {
    throw new MalleeError('Wire.BadReply', `Walrus reports the unknown kind of image "${kind}"`);
  }
  const file = location.slice(location.lastIndexOf('/') + 1);
  return {
    kind,
    architecture: facts.architecture ?? 'x86_64',
    // The original tells Windows by the file name alone; the manifest has no field for it.
    platform: kind === 'machine' && /^windows/i.test(file) ? 'windows' : null,
    size: facts.size,
    digest: facts.digest,
    signature: facts.signature,
    kernelId: facts.kernelId,
    ramdiskId: facts.ramdiskId,
  };
}

/** The typed reason that Walrus gave. */
function reasonOf(error: unknown): unknown {
  if (!isMalleeError(error) || error.code !== 'Wire.PeerFault') return error;
  const { peerCode, peerMessage } = error.details;
  if (typeof peerCode !== 'string' || !isErrorCode(peerCode)) return error;
  return new MalleeError(peerCode, typeof peerMessage === 'string' ? peerMessage : error.message, { cause: error });
}

interface Linked {
  readonly kernelId: string | null;
  readonly ramdiskId: string | null;
}

/** Kernel and ramdisk of a machine image: from the request, else from the manifest; they must be registered. */
async function linkedImages(given: Parameters, facts: ImageFacts, { pool, caller }: ActionContext): Promise<Linked> {
  if (facts.kind !== 'machine' || facts.platform === 'windows') return { kernelId: null, ramdiskId: null };
  const kernel = given.KernelId ?? nonEmpty(facts.kernelId);
  const ramdisk = given.RamdiskId ?? nonEmpty(facts.ramdiskId);
  return {
    kernelId: kernel === undefined ? null : (await requireImage(pool, caller, kernel, 'kernel')).image_id,
    ramdiskId: ramdisk === undefined ? null : (await requireImage(pool, caller, ramdisk, 'ramdisk')).image_id,
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
