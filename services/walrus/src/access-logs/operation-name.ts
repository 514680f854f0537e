/** What the selectors of the REST interface are called in access logs; those of a bucket and of an object where they differ. */
const RESOURCES: Readonly<Record<string, string | readonly [bucket: string, object: string]>> = {
  uploads: 'UPLOADS',
  acl: 'ACL',
  attributes: 'OBJECT_ATTRIBUTES',
  cors: 'CORS',
  delete: 'MULTI_OBJECT_DELETE',
  encryption: 'ENCRYPTION',
  'legal-hold': 'LEGAL_HOLD',
  lifecycle: 'LIFECYCLE',
  location: 'LOCATION',
  logging: 'LOGGING_STATUS',
  notification: 'NOTIFICATION',
  'object-lock': 'OBJECT_LOCK_CONFIGURATION',
  ownershipControls: 'OWNERSHIP_CONTROLS',
  policy: 'BUCKETPOLICY',
  policyStatus: 'BUCKETPOLICYSTATUS',
  publicAccessBlock: 'PUBLIC_ACCESS_BLOCK',
  requestPayment: 'REQUEST_PAYMENT',
  retention: 'RETENTION',
  tagging: ['BUCKET_TAGGING', 'OBJECT_TAGGING'],
  versioning: 'VERSIONING',
  versions: 'BUCKETVERSIONS',
  website: 'WEBSITE',
};

export interface NamedRequest {
  readonly method: string;
  readonly rawQuery: string;
  readonly hasKey: boolean;
  readonly isCopy: boolean;
}

/** The operation as access logs name it: `REST.GET.OBJECT`, `REST.PUT.PART` and so on. */
export function operationName({ method, rawQuery, hasKey, isCopy }: NamedRequest): string {
  if (method === 'OPTIONS') return 'REST.OPTIONS.PREFLIGHT';
  const names = new Set(rawQuery.split('&').map((piece) => piece.split('=', 1)[0] ?? ''));
  const verb = isCopy ? 'COPY' : method;
  if (names.has('uploadId')) return `REST.${verb}.${names.has('partNumber') ? 'PART' : 'UPLOAD'}`;
  const selector = Object.keys(RESOURCES).find((name) => names.has(name));
  const resource = selector === undefined ? undefined : RESOURCES[selector];
  if (resource === undefined) return `REST.${verb}.${hasKey ? 'OBJECT' : 'BUCKET'}`;
  return `REST.${verb}.${typeof resource === 'string' ? resource : resource[hasKey ? 1 : 0]}`;
}
