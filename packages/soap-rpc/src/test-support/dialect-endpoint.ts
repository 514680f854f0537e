import { Metrics, type Logger, type PeerRules } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { makeIdentity } from '@mallee/testing';
import {
  encodeMessage,
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  type MessageTable,
  type OperationTable,
} from '@mallee/wsdl-types';
import {
  loadIdentity,
  MessageSigner,
  MessageVerifier,
  profiles,
  type IdentityPem,
  type ProfileName,
  type SuiteName,
} from '@mallee/ws-security';
import { createSoapEndpoint } from '../handler.js';
import { notSupported, servePart } from '../operations.js';
import { quiet, serve, type TestServer } from './peers.js';

export const path = EucalyptusNC_2_0.path;
const resources = {
  memorySizeMax: 1,
  memorySizeAvailable: 1,
  diskSizeMax: 1,
  diskSizeAvailable: 1,
  numberOfCoresMax: 1,
  numberOfCoresAvailable: 1,
  publicSubnets: 'none',
};
const more = { migrationCapable: false, iqn: '', hypervisor: 'kvm' };
export const dialects = [
  servePart(EucalyptusNC_2_0, {
    ncDescribeResource: async () => ({ ...resources, nodeStatus: 'OK' }),
    ncAttachVolume: notSupported('no volumes here'),
    ncGetConsoleOutput: async () => ({ consoleOutput: 'gr\u00fc\u00dfe\r\n\u{1f600}' }),
  }),
  servePart(EucalyptusNC_4_4, {
    ncDescribeResource: async () => ({ ...resources, ...more, nodeStatus: 'enabled' }),
    ncAttachVolume: notSupported('no volumes here'),
    ncStopInstance: async () => {
      throw new MalleeError('Node.UnknownInstance', 'unknown');
    },
  }),
];

/** Who may call: `cluster` without rules, two originals with some, and one that only the rules know. */
export interface Callers {
  readonly cluster: IdentityPem;
  readonly old: IdentityPem;
  readonly older: IdentityPem;
  readonly stranger: IdentityPem;
}

export interface Sent {
  readonly from?: IdentityPem;
  readonly suite?: SuiteName;
  readonly profile?: ProfileName;
  readonly request?: object;
  readonly clock?: () => number;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Content of the Body, without prefixes. */
  readonly payload: string;
  readonly code: string | undefined;
}

/** For tests: a node endpoint of two dialects with rules for some of its peers. */
export class DialectEndpoint {
  readonly metrics = new Metrics();
  readonly warnings: string[] = [];
  readonly node: IdentityPem;
  readonly callers: Callers;
  readonly rules: readonly PeerRules[];
  #server: TestServer | undefined;

  private constructor(node: IdentityPem, callers: Callers) {
    this.node = node;
    this.callers = callers;
    const { old, older, stranger } = callers;
    this.rules = [
      { certificatePem: old.certificatePem, profile: 'body-timestamp', suite: 'rsa-sha1', dialect: '4.4' },
      // Another line length: the certificate counts, not its text.
      { certificatePem: rewrapped(older.certificatePem), profile: 'headers-only', suite: 'rsa-sha1', dialect: '2.0' },
      { certificatePem: stranger.certificatePem, profile: 'headers-only', suite: 'rsa-sha1' },
    ];
  }

  static async start(): Promise<DialectEndpoint> {
    const make = (name: string): Promise<IdentityPem> => makeIdentity(name);
    const [node, cluster, old] = await Promise.all([make('node'), make('cluster'), make('old')]);
    const [older, stranger] = await Promise.all([make('older'), make('stranger')]);
    const endpoint = new DialectEndpoint(node, { cluster, old, older, stranger });
    await endpoint.#listen();
    return endpoint;
  }

  async #listen(): Promise<void> {
    const { cluster, old, older } = this.callers;
    const trusted = [cluster, old, older].map(({ certificatePem }) => certificatePem);
    const warn = (fields: object, text: string): number => this.warnings.push(`${JSON.stringify(fields)} ${text}`);
    const handler = createSoapEndpoint({
      dialects,
      identity: this.node,
      trusted: () => trusted,
      peers: () => this.rules,
      logger: { ...quiet, warn } as unknown as Logger,
      metrics: this.metrics,
    });
    this.#server = await serve(handler, this.metrics);
  }

  /** Sends a request; a reply must be signed by the node as the request was. */
  async send(operation: OperationTable, sent: Sent = {}): Promise<Answer> {
    const { suite = 'rsa-sha256', profile = 'body-timestamp', request = {}, clock = Date.now } = sent;
    const identity = loadIdentity(sent.from ?? this.callers.cluster);
    const url = (this.#server?.url ?? '') + path;
    const { text: message, messageId } = new MessageSigner({
      identity,
      suite,
      clock,
      profile: profiles[profile],
    }).sign({ to: url, action: operation.soapAction, payload: encodeMessage(operation.request, request) });
    const headers = { 'content-type': 'text/xml', soapaction: operation.soapAction };
    const response = await fetch(url, { method: 'POST', headers, body: message });
    const text = await response.text();
    if (response.status === 200) this.#verify(text, messageId, suite, profile);
    return {
      status: response.status,
      text,
      payload: /<soapenv:Body[^>]*>(.*)<\/soapenv:Body>/s.exec(text)?.[1]?.replaceAll('n:', '') ?? '',
      code: /<m:Code>([^<]*)</.exec(text)?.[1],
    };
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  #verify(reply: string, messageId: string, suite: SuiteName, profile: ProfileName): void {
    const peer = { certificatePem: this.node.certificatePem, profile: profiles[profile], suites: [suite] };
    const verified = new MessageVerifier({ trusted: () => [peer] }).verifyReply(reply, messageId);
    if (!verified.bodySigned) throw new Error('the Body of the reply is not signed');
  }
}

function rewrapped(pem: string): string {
  const body = pem.replaceAll(/-----[^-]*-----|\s/g, '').replaceAll(/(.{20})/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

/** A request with every required element. */
export function exampleOf({ type }: MessageTable): object {
  const values: Record<string, unknown> = {
    string: 'x',
    int: 1,
    long: 1,
    boolean: true,
    double: 1,
    dateTime: '2026-01-01T00:00:00Z',
  };
  const fill = (fields: MessageTable['type']['fields']): object =>
    Object.fromEntries(
      fields
        .filter(({ min }) => min > 0)
        .map(({ name, type: one, max }) => {
          const value = typeof one === 'string' ? values[one] : fill(one.fields);
          return [name, max > 1 ? [value] : value];
        }),
    );
  return fill(type.fields);
}
