import { MalleeError } from '@mallee/errors';

/** Which layout and namespace the answer to a request has. */
export interface ApiVersion {
  readonly text: string;
  readonly namespace: string;
  /** False for the API dates up to 2009: their answers carry only the elements of that time. */
  readonly modern: boolean;
  /** True for a date of Amazon's API, false for a version of Eucalyptus. */
  readonly amazon: boolean;
}

export const newestVersion = '2016-11-15';

/**
 * The version as the client asked for it. A date is answered in Amazon's namespace of that date; everything else that
 * looks like a version (libcloud sends 3.3.0 and parses only that namespace) in the one of Eucalyptus.
 * @throws InvalidParameterValue for other texts
 */
export function apiVersion(text: string | undefined): ApiVersion {
  if (text === undefined || text === '') return apiVersion(newestVersion);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return { text, namespace: `http://ec2.amazonaws.com/doc/${text}/`, modern: text >= '2010-01-01', amazon: true };
  }
  if (text === 'eucalyptus') return { text, namespace: 'http://msgs.eucalyptus.com', modern: true, amazon: false };
  if (/^\d{1,3}(\.\d{1,3}){1,3}$/.test(text)) {
    return { text, namespace: `http://msgs.eucalyptus.com/${text}`, modern: true, amazon: false };
  }
  throw new MalleeError('InvalidParameterValue', 'Value for parameter Version is invalid. Use a date like 2016-11-15');
}
