/** Names, requests and replies of a map of operations as the generator of wsdl-types writes it. */
export type OperationName<Ops> = keyof Ops & string;
export type RequestOf<Ops, K extends keyof Ops> = Ops[K] extends { request: infer R } ? R : never;
export type ResponseOf<Ops, K extends keyof Ops> = Ops[K] extends { response: infer R } ? R : never;
