/** The elements of a message that a profile can ask to be signed. */
export type PartName = 'To' | 'Action' | 'MessageID' | 'RelatesTo' | 'From' | 'Body' | 'Timestamp';

/** Which parts one direction must and may have. Every part that is present must be signed, and nothing else may be. */
export interface PartRules {
  readonly required: readonly PartName[];
  readonly optional: readonly PartName[];
}

/** What a message must look like. Profiles exclude each other on the wire, so a profile is a setting per peer. */
export interface Profile {
  readonly name: string;
  readonly request: PartRules;
  readonly response: PartRules;
}

/** The profile of the originals from 2.0.3/3.0 on (reference: "profile B"), and the default of Mallee. */
export const bodyTimestamp: Profile = {
  name: 'body-timestamp',
  request: { required: ['To', 'Action', 'MessageID', 'Body', 'Timestamp'], optional: [] },
  // Axis2/C adds From and leaves To out of its replies.
  response: { required: ['Action', 'MessageID', 'RelatesTo', 'Body', 'Timestamp'], optional: ['From', 'To'] },
};
