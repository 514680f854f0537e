import type { ServiceTable } from '@mallee/wsdl-types';

/** Names, requests and replies of a map of operations as the generator of wsdl-types writes it. */
export type OperationName<Ops> = keyof Ops & string;
export type RequestOf<Ops, K extends keyof Ops> = Ops[K] extends { request: infer R } ? R : never;
export type ResponseOf<Ops, K extends keyof Ops> = Ops[K] extends { response: infer R } ? R : never;

/** Lists of the base elements of dialect 4.4, which a reply of ours has nothing for. */
type BaseList = 'services' | 'disabledServices' | 'notreadyServices';

/** What a handler returns: a reply whose base elements may be left out. */
export type ReplyOf<Ops, K extends keyof Ops> = WithoutBaseLists<ResponseOf<Ops, K>>;
export type WithoutBaseLists<R> = Omit<R, BaseList & keyof R> & Partial<Pick<R, BaseList & keyof R>>;

export interface CallContext {
  /** PEM text of the certificate that signed the request, as it is registered; '' when the service is unsigned. */
  readonly peerCertificate: string;
  readonly correlationId: string;
  /** The dialect of the request, which is that of the reply: `2.0`, `4.4` or `mallee`. */
  readonly dialect: string;
}

/** In place of a handler: an operation that exists in the WSDL and is answered as the originals answer what they cannot do. */
export interface NotSupported {
  /** Why, in a few words: peers read it in statusMessage, people in docs/reference/soap-operations.md. */
  readonly notSupported: string;
}

export function notSupported(reason: string): NotSupported {
  return { notSupported: reason };
}

/** Notes for the reference what an implemented operation does not do. */
export function remarked<H extends (...parameters: never[]) => unknown>(remark: string, handler: H): H {
  return Object.assign(handler, { remark });
}

type Handler<Ops, K extends keyof Ops> = (request: RequestOf<Ops, K>, context: CallContext) => Promise<ReplyOf<Ops, K>>;

export type Handlers<Ops> = Partial<{ [K in OperationName<Ops>]: Handler<Ops, K> }>;

/** A handler for every operation of the WSDL, or the reason why there is none. */
export type AllHandlers<Ops> = { [K in OperationName<Ops>]: Handler<Ops, K> | NotSupported };

/** One dialect of an endpoint; made by `serve`. */
export interface ServedDialect {
  readonly service: ServiceTable;
  readonly handlers: ReadonlyMap<string, AnyHandler | NotSupported>;
  /** Text of the WSDL, answered to GET ?wsdl, or ?wsdl=4.4 where several dialects are served. */
  readonly wsdl?: string | undefined;
}

export type AnyHandler = (request: object, context: CallContext) => Promise<object>;

/** A dialect with its handlers. The compiler asks for an entry for each operation of `Ops`. */
export function serve<Ops>(service: ServiceTable, handlers: AllHandlers<Ops>, wsdl?: string): ServedDialect {
  return servePart(service, handlers, wsdl);
}

/** The same where an operation without entry is not supported. */
export function servePart(service: ServiceTable, handlers: object, wsdl?: string): ServedDialect {
  return { service, handlers: new Map(Object.entries(handlers) as [string, AnyHandler | NotSupported][]), wsdl };
}

/** One operation of a dialect as it is served, for the reference. */
export interface ServedOperation {
  readonly name: string;
  readonly soapAction: string;
  /** Undefined: implemented. */
  readonly notSupported: string | undefined;
  /** What an implemented operation does not do. */
  readonly remark: string | undefined;
}

/** Every operation of the WSDL, in its order. */
export function servedOperations({ service, handlers }: ServedDialect): ServedOperation[] {
  return Object.values(service.operations).map(({ name, soapAction }) => {
    const handler = handlers.get(name);
    if (typeof handler !== 'function') {
      return { name, soapAction, notSupported: handler?.notSupported ?? NO_REASON, remark: undefined };
    }
    const { remark } = handler as AnyHandler & { readonly remark?: string };
    return { name, soapAction, notSupported: undefined, remark };
  });
}

export const NO_REASON = 'not offered by this daemon';
