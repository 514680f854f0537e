import { MalleeError } from '@mallee/errors';
import { decodeMessage, type MessageTable, type OperationTable, type ServiceTable } from '@mallee/wsdl-types';
import type { XmlElement } from '@mallee/xml';

/** A request of which the dialect is known. */
export interface RecognisedRequest<Offer> {
  readonly offer: Offer;
  readonly operation: OperationTable;
  /** The request by the table of the operation. */
  readonly message: object;
}

/** The part of a served dialect that recognition needs. */
export interface DialectOffer {
  readonly service: ServiceTable;
}

/** An operation in one dialect. */
interface Candidate<Offer> {
  readonly offer: Offer;
  readonly operation: OperationTable;
}

const indexes = new WeakMap<ServiceTable, ReadonlyMap<string, OperationTable>>();
const namesOf = new WeakMap<MessageTable, ReadonlySet<string>>();

/**
 * Finds the dialect of a request, in this order: the one the peer is configured for; else the first of `offers` whose table the
 * whole message follows (element names, order, types, required elements). The dialects differ in the base fields that original
 * peers send, so a message that fits both shows nothing of either, and the first offer is the default of the endpoint.
 *
 * @throws Wire.UnknownOperation if no dialect has the operation; Wire.WrongDialect if a configured peer sends a message of the
 *   other one; Wire.MalformedMessage if the message follows no table
 */
export function recognise<Offer extends DialectOffer>(
  offers: readonly Offer[],
  payload: XmlElement,
  configured?: string,
): RecognisedRequest<Offer> {
  const candidates = offers.flatMap((offer) => {
    const operation = operationOf(offer.service, payload);
    return operation === undefined ? [] : [{ offer, operation }];
  });
  const [first] = candidates;
  if (first === undefined) {
    const name = offers[0]?.service.name ?? 'the service';
    throw new MalleeError('Wire.UnknownOperation', `${name} has no operation ${payload.local}`);
  }
  return configured === undefined || first.offer.service.dialect === 'mallee'
    ? asShown(candidates, payload)
    : asConfigured(candidates, payload, configured);
}

function asShown<Offer extends DialectOffer>(
  candidates: readonly Candidate<Offer>[],
  payload: XmlElement,
): RecognisedRequest<Offer> {
  // A dialect that lacks one of the elements is out, and if nothing fits, its problem is not the one to tell.
  const likely = candidates.filter(({ operation }) => knowsAll(operation, payload));
  let problem: unknown;
  for (const candidate of likely.length === 0 ? candidates.slice(0, 1) : likely) {
    try {
      return { ...candidate, message: decodeMessage(candidate.operation.request, payload) };
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}

function asConfigured<Offer extends DialectOffer>(
  candidates: readonly Candidate<Offer>[],
  payload: XmlElement,
  configured: string,
): RecognisedRequest<Offer> {
  const own = candidates.find(({ offer }) => offer.service.dialect === configured);
  const others = candidates.filter((candidate) => candidate !== own);
  if (own === undefined) throw wrongDialect(configured, payload, `there is no ${payload.local} in it`);
  try {
    return { ...own, message: decodeMessage(own.operation.request, payload) };
  } catch (error) {
    if (!others.some(({ operation }) => follows(operation, payload))) throw error;
    throw wrongDialect(configured, payload, error instanceof Error ? error.message : 'it does not fit', error);
  }
}

function follows(operation: OperationTable, payload: XmlElement): boolean {
  try {
    decodeMessage(operation.request, payload);
    return true;
  } catch {
    return false;
  }
}

function knowsAll({ request }: OperationTable, payload: XmlElement): boolean {
  let names = namesOf.get(request);
  if (names === undefined) {
    names = new Set(request.type.fields.map(({ name }) => name));
    namesOf.set(request, names);
  }
  for (const { local } of payload.children) if (!names.has(local)) return false;
  return true;
}

function operationOf(service: ServiceTable, payload: XmlElement): OperationTable | undefined {
  let index = indexes.get(service);
  if (index === undefined) {
    index = new Map(Object.values(service.operations).map((one) => [one.request.element, one]));
    indexes.set(service, index);
  }
  const operation = index.get(payload.local);
  return operation?.request.namespace === payload.namespace ? operation : undefined;
}

function wrongDialect(configured: string, payload: XmlElement, why: string, cause?: unknown): MalleeError {
  const message = `the peer is configured for dialect ${configured}, its ${payload.local} is not of it: ${why}`;
  return new MalleeError('Wire.WrongDialect', message, cause === undefined ? {} : { cause });
}
