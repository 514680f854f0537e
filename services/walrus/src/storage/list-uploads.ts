import type { Queryable } from '@mallee/database';
import { commonPrefixOf, compareUtf8, firstBatch, nextBatch, successor } from './listing.js';
import { uploadsOf, type MultipartUpload } from './multipart.js';

export interface UploadListingRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Only what comes after this key (or common prefix); with `idMarker` after that upload of the key. */
  readonly keyMarker: string;
  readonly idMarker: string;
  /** 0 to 1000. */
  readonly maxUploads: number;
}

export interface UploadListingPage {
  readonly uploads: readonly MultipartUpload[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** Where the next page starts; set when truncated. */
  readonly next: { readonly key: string; readonly uploadId: string } | undefined;
}

/** Ids are hex digits, so this is after all of them. */
const AFTER_ALL_IDS = '~';

/** One page of the unfinished uploads of a bucket, by key and id. */
export async function listUploadsPage(db: Queryable, request: UploadListingRequest): Promise<UploadListingPage> {
  const { bucket, prefix, maxUploads } = request;
  const uploads: MultipartUpload[] = [];
  const commonPrefixes: string[] = [];
  if (maxUploads === 0) return { uploads, commonPrefixes, truncated: false, next: undefined };
  let next: UploadListingPage['next'];
  let batch = firstBatch(request.delimiter);
  let position: { afterKey: string; afterId: string } | undefined = startOf(request);
  while (position !== undefined) {
    const limit = Math.min(maxUploads - uploads.length - commonPrefixes.length + 1, batch);
    const found = await uploadsOf(db, { bucket, prefix, ...position, limit });
    let rolled = '';
    for (const upload of found) {
      if (rolled !== '' && upload.key.startsWith(rolled)) continue;
      if (uploads.length + commonPrefixes.length === maxUploads)
        return { uploads, commonPrefixes, truncated: true, next };
      const common = commonPrefixOf(upload.key, request);
      if (common === undefined) uploads.push(upload);
      else commonPrefixes.push((rolled = common));
      next = common === undefined ? { key: upload.key, uploadId: upload.uploadId } : { key: common, uploadId: '' };
    }
    batch = nextBatch(batch, rolled !== '');
    const last = found[found.length - 1];
    if (last === undefined || found.length < limit) position = undefined;
    else if (rolled !== '' && last.key.startsWith(rolled)) position = afterPrefix(rolled);
    else position = { afterKey: last.key, afterId: last.uploadId };
  }
  return { uploads, commonPrefixes, truncated: false, next: undefined };
}

function startOf(request: UploadListingRequest): { afterKey: string; afterId: string } | undefined {
  const { keyMarker, idMarker, prefix } = request;
  if (keyMarker === '' || compareUtf8(keyMarker, prefix) < 0) return { afterKey: '', afterId: '' };
  if (commonPrefixOf(keyMarker, request) === keyMarker) return afterPrefix(keyMarker);
  return { afterKey: keyMarker, afterId: idMarker === '' ? AFTER_ALL_IDS : idMarker };
}

/** Ids are not empty, so nothing at the successor itself is passed over. */
function afterPrefix(prefix: string): { afterKey: string; afterId: string } | undefined {
  const key = successor(prefix);
  return key === undefined ? undefined : { afterKey: key, afterId: '' };
}
