/** XML Schema simple types that the interfaces use. `int` has 32 bits; `long` is limited to the safe integers. */
export type SimpleType = 'string' | 'int' | 'long' | 'boolean' | 'double' | 'dateTime' | 'base64';

/** One element of a record, in schema terms. */
export interface FieldTable {
  readonly name: string;
  readonly type: SimpleType | TypeTable;
  /** Fewest and most occurrences; `max` is `Infinity` for an unbounded list. A field with `max > 1` is an array. */
  readonly min: number;
  readonly max: number;
  /** Whether `xsi:nil="true"` is legal. */
  readonly nillable: boolean;
}

/** A record: its fields in wire order, those of the base type first. */
export interface TypeTable {
  readonly name: string;
  readonly fields: readonly FieldTable[];
}

/** A message: the one element inside the SOAP body. Its namespace is that of every element below it. */
export interface MessageTable {
  readonly element: string;
  readonly namespace: string;
  readonly type: TypeTable;
}

export interface OperationTable {
  readonly name: string;
  /** Value of the SOAPAction header and of wsa:Action. */
  readonly soapAction: string;
  readonly request: MessageTable;
  readonly response: MessageTable;
}

export interface ServiceTable {
  readonly name: string;
  /** `2.0` for the interfaces of the original, `mallee` for our own. */
  readonly dialect: string;
  readonly namespace: string;
  /** Path of the endpoint on its daemon. */
  readonly path: string;
  /** The WSDL, below the folder `wsdl` of this package. */
  readonly document?: string;
  readonly operations: Readonly<Record<string, OperationTable>>;
}
