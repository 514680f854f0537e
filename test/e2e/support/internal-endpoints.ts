import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import { baseUrl, type DaemonName, keyFiles, readCredentials } from '@mallee/local-cloud';
import { isMalleeError } from '@mallee/errors';
import { SoapClient } from '@mallee/soap-rpc';
import {
  EucalyptusCC_2_0,
  EucalyptusNC_2_0,
  MalleeCloud,
  MalleeExtension,
  MalleeStorage,
  MalleeWalrus,
  type ServiceTable,
} from '@mallee/wsdl-types';
import { readFileSync } from 'node:fs';
import { send, type RawAnswer } from './raw-http.js';
import type { TestCloud } from './test-cloud.js';

export type Sender = 'unsigned' | 'a stranger' | 'a user of the cloud' | 'another component';

interface Identity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/** A SOAP service of one daemon, and an operation on it that would do harm or tell secrets. */
export class InternalEndpoint {
  readonly name: string;
  readonly #daemon: DaemonName;
  readonly #service: ServiceTable;
  readonly #operation: string;
  readonly #request: object;
  readonly #untrusted: DaemonName;

  /** @param untrusted a daemon whose messages this endpoint must not take, though they are rightly signed */
  constructor(daemon: DaemonName, service: ServiceTable, operation: string, request: object, untrusted: DaemonName) {
    this.name = `${daemon} ${service.name}`;
    this.#daemon = daemon;
    this.#service = service;
    this.#operation = operation;
    this.#request = request;
    this.#untrusted = untrusted;
  }

  post(cloud: TestCloud, document: string): Promise<RawAnswer> {
    const { soapAction } = this.#service.operations[this.#operation]!;
    const headers = { 'content-type': 'text/xml; charset=UTF-8', soapaction: `"${soapAction}"` };
    return send(this.#url(cloud), { headers, body: document });
  }

  /** Calls the operation as somebody who must not; gives the fault. */
  async attempt(cloud: TestCloud, who: Sender): Promise<{ status: number; code: string | undefined }> {
    if (who === 'unsigned') return this.post(cloud, this.#unsignedEnvelope());
    const client = new SoapClient<Record<string, { request: object; response: object }>>({
      service: this.#service,
      url: this.#url(cloud),
      identity: await this.#identity(cloud, who),
      peerCertificates: [readFileSync(keyFiles(cloud.layout, this.#daemon).certificate, 'utf8')],
    });
    try {
      await client.call(this.#operation, this.#request);
      return { status: 200, code: undefined };
    } catch (error) {
      if (!isMalleeError(error) || error.code !== 'Wire.PeerFault') throw error;
      return { status: 500, code: String(error.details['peerCode']) };
    } finally {
      client.close();
    }
  }

  /** How many messages the daemon says it has refused here. */
  async refusals(cloud: TestCloud): Promise<number> {
    const { text } = await send(`${baseUrl(cloud.layout, this.#daemon)}/metrics`, { method: 'GET' });
    const lines = text
      .split('\n')
      .filter(
        (line) => line.startsWith('mallee_soap_refused_total{') && line.includes(`service="${this.#service.name}"`),
      );
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  #url(cloud: TestCloud): string {
    return baseUrl(cloud.layout, this.#daemon) + this.#service.path;
  }

  #unsignedEnvelope(): string {
    const { element, namespace } = this.#service.operations[this.#operation]!.request;
    const soap = 'http://schemas.xmlsoap.org/soap/envelope/';
    return `<s:Envelope xmlns:s="${soap}"><s:Body><n:${element} xmlns:n="${namespace}"></n:${element}></s:Body></s:Envelope>`;
  }

  async #identity({ layout }: TestCloud, who: Sender): Promise<Identity> {
    if (who === 'a user of the cloud') {
      const { privateKey, certificate } = readCredentials(layout);
      return { privateKeyPem: privateKey, certificatePem: certificate };
    }
    if (who === 'another component') {
      const files = keyFiles(layout, this.#untrusted);
      return {
        privateKeyPem: readFileSync(files.privateKey, 'utf8'),
        certificatePem: readFileSync(files.certificate, 'utf8'),
      };
    }
    const { privateKeyPem } = await generateKeyPair();
    // The same subject as the real one: only the certificate itself counts.
    return { privateKeyPem, certificatePem: createSelfSignedCertificate({ privateKeyPem, commonName: 'cloud' }) };
  }
}

const instance = 'i-00000001';

export const internalEndpoints: readonly InternalEndpoint[] = [
  new InternalEndpoint('cc', EucalyptusCC_2_0, 'TerminateInstances', { instanceIds: [instance] }, 'nc'),
  new InternalEndpoint('nc', EucalyptusNC_2_0, 'ncTerminateInstance', { instanceId: instance }, 'clc'),
  new InternalEndpoint('nc', MalleeExtension, 'DescribeDetails', { instanceIds: [] }, 'walrus'),
  new InternalEndpoint('sc', MalleeStorage, 'DeleteStorageVolume', { volumeId: 'vol-00000001' }, 'cc'),
  new InternalEndpoint('walrus', MalleeWalrus, 'FlushCachedImage', { location: 'a/b', accountId: '0' }, 'nc'),
  new InternalEndpoint('clc', MalleeCloud, 'ResolveAccessKey', { accessKeyId: 'AKIA' }, 'nc'),
];
