/** The elements of a message that a profile can ask to be signed. */
export type PartName = 'To' | 'Action' | 'MessageID' | 'RelatesTo' | 'From' | 'Body' | 'Timestamp';

/** Which parts one direction must and may have. Every part that is present must be signed, and nothing else may be. */
export interface PartRules {
  readonly required: readonly PartName[];
  readonly optional: readonly PartName[];
  /** Parts that may stand in the message unsigned. */
  readonly unsigned: readonly PartName[];
}

export type ProfileName = 'body-timestamp' | 'headers-only';

/** What a message must look like. Profiles exclude each other on the wire, so a profile is a setting per peer. */
export interface Profile {
  readonly name: ProfileName;
  readonly request: PartRules;
  readonly response: PartRules;
}

/** The profile of the originals from 2.0.3/3.0 on (reference: "profile B"), and the default of Mallee. */
export const bodyTimestamp: Profile = {
  name: 'body-timestamp',
  request: { required: ['To', 'Action', 'MessageID', 'Body', 'Timestamp'], optional: [], unsigned: [] },
  // Axis2/C adds From and leaves To out of its replies.
  response: {
    required: ['Action', 'MessageID', 'RelatesTo', 'Body', 'Timestamp'],
    optional: ['From', 'To'],
    unsigned: [],
  },
};

/**
 * The profile of the originals up to 2.0.2 (reference: "profile A"): no Timestamp, and they do not sign the Body, so whoever is on the
 * network can put any Body under a header that was signed once. Only for peers named one by one. Ours sign the Body, which the
 * originals accept.
 */
export const headersOnly: Profile = {
  name: 'headers-only',
  request: { required: ['To', 'Action', 'MessageID', 'Body'], optional: [], unsigned: ['Body'] },
  response: { required: ['Action', 'MessageID', 'RelatesTo', 'Body'], optional: ['From', 'To'], unsigned: ['Body'] },
};

/**
 * How users of the public SOAP interfaces sign (X.509, as with EC2 and the AWS of its time): Body and Timestamp, no WS-Addressing. It has
 * the name of the profile that a reply would be of. For verifiers of requests only; nothing in such a message says which service it is
 * for but the names in its Body, so each service must take its own namespace alone.
 */
export const userRequests: Profile = {
  name: 'body-timestamp',
  request: { required: ['Body', 'Timestamp'], optional: [], unsigned: [] },
  response: bodyTimestamp.response,
};

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  'body-timestamp': bodyTimestamp,
  'headers-only': headersOnly,
};
