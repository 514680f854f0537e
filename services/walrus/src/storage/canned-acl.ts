/** The canned ACLs S3 knows; which of them let whom in is in `s3/access.ts`. */
export const CANNED_ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
] as const;

export type CannedAcl = (typeof CANNED_ACLS)[number];

export function isCannedAcl(text: string): text is CannedAcl {
  return (CANNED_ACLS as readonly string[]).includes(text);
}
