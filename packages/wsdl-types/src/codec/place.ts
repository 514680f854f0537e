import { MalleeError } from '@mallee/errors';

/** Where in a message the codec is, as a linked list so that the text is only built for an error. */
export interface Place {
  readonly parent: Place | undefined;
  readonly name: string;
  /** Position in a list, from 0. */
  readonly index?: number;
}

/** `RunInstances/instanceType/deviceMapping[2]/size` */
export function pathOf(place: Place): string {
  const own = place.index === undefined ? place.name : `${place.name}[${place.index}]`;
  return place.parent === undefined ? own : `${pathOf(place.parent)}/${own}`;
}

/** The error of a message that breaks its schema; names the element. */
export function malformed(place: Place, problem: string): MalleeError {
  const path = pathOf(place);
  return new MalleeError('Wire.MalformedMessage', `${path}: ${problem}`, { details: { element: path } });
}
