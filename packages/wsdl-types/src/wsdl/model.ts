import type { SimpleType } from '../table.js';

/** What a WSDL document says, without its layout. Lists are in document order. */
export interface WsdlModel {
  readonly name: string;
  readonly namespace: string;
  readonly schema: WsdlSchema;
  readonly messages: readonly WsdlMessage[];
  readonly portType: { readonly name: string; readonly operations: readonly WsdlPortOperation[] };
  readonly binding: WsdlBinding;
  readonly service: {
    readonly name: string;
    readonly port: string;
    readonly binding: string;
    readonly location: string;
  };
}

export interface WsdlSchema {
  readonly namespace: string;
  readonly elementFormDefault: string;
  readonly attributeFormDefault: string;
  readonly types: readonly WsdlType[];
  readonly elements: readonly WsdlElement[];
}

export interface WsdlType {
  readonly name: string;
  readonly abstract: boolean;
  readonly base: string | undefined;
  /** Own fields, without those of the base. */
  readonly fields: readonly WsdlField[];
  readonly doc: string | undefined;
}

export type WsdlTypeName =
  { readonly kind: 'simple'; readonly name: SimpleType } | { readonly kind: 'complex'; readonly name: string };

export interface WsdlField {
  readonly name: string;
  readonly type: WsdlTypeName;
  readonly min: number;
  readonly max: number;
  readonly nillable: boolean;
  readonly doc: string | undefined;
}

/** A global element. */
export interface WsdlElement {
  readonly name: string;
  readonly type: string;
  readonly nillable: boolean;
}

export interface WsdlMessage {
  readonly name: string;
  readonly part: string;
  readonly element: string;
}

export interface WsdlPortOperation {
  readonly name: string;
  readonly input: { readonly name: string; readonly message: string };
  readonly output: { readonly name: string; readonly message: string };
  readonly doc: string | undefined;
}

export interface WsdlBinding {
  readonly name: string;
  readonly portType: string;
  readonly style: string;
  readonly transport: string;
  readonly operations: readonly WsdlBindingOperation[];
}

export interface WsdlBindingOperation {
  readonly name: string;
  readonly soapAction: string;
  readonly style: string;
  readonly input: { readonly name: string; readonly use: string };
  readonly output: { readonly name: string; readonly use: string };
}
