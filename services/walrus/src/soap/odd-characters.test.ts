import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import * as soap from 'soap';
import { sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';

// As in s3/odd-characters.test.ts; what XML cannot carry at all the reader of the message refuses.
const ODD = [
  '\0',
  'a\u0001b',
  '\ud800',
  '\udc00a',
  '\ufffe',
  '\uffff',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u202e',
  'é€𐀀',
  '"<&>%+\\',
  '\r\n',
  '\t',
];

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

let walrus: Fixture;
let identity: TestIdentity;
let client: soap.Client & Record<string, (input: object) => Promise<unknown>>;

beforeAll(async () => {
  identity = await makeIdentity('alice');
  walrus = await startFixture({ certificates: { [alice.accountId]: [identity.certificatePem] } });
  const wsdl = `http://127.0.0.1:${walrus.port}/services/Walrus?wsdl`;
  client = await soap.createClientAsync(wsdl, { disableCache: true });
  await sendSigned(walrus.port, { method: 'PUT', target: '/odd' });
  // REST can name keys that XML cannot.
  for (const target of ['/odd/%01', '/odd/%EF%BF%BE']) {
    expect((await sendSigned(walrus.port, { method: 'PUT', target, body: 'x' })).status).toBe(200);
  }
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

/** The code of the fault, or nothing. */
async function faultOf(name: string, input: object): Promise<string> {
  client.setSecurity(
    new soap.WSSecurityCert(identity.privateKeyPem, identity.certificatePem, '', {
      hasTimeStamp: true,
      signatureTransformations: ['http://www.w3.org/2001/10/xml-exc-c14n#'],
      signerOptions: { idMode: 'wssecurity', existingPrefixes: { wsse: WSSE } },
    }),
  );
  return await client[`${name}Async`]!(input).then(
    () => '',
    (error: unknown) => {
      const { root } = error as { root?: { Envelope: { Body: { Fault: { faultcode: string } } } } };
      return root?.Envelope.Body.Fault.faultcode ?? String(error);
    },
  );
}

describe('odd characters in SOAP', () => {
  const calls: Record<string, (odd: string) => object> = {
    CreateBucket: (odd) => ({ Bucket: odd }),
    ListBucket: (odd) => ({ Bucket: 'odd', Prefix: odd, Marker: odd, Delimiter: odd }),
    PutObjectInline: (odd) => ({
      Bucket: 'odd',
      Key: odd,
      Metadata: [{ Name: 'a', Value: odd }],
      Data: 'eA==',
      ContentLength: 1,
      ContentType: odd,
    }),
    GetObject: (odd) => ({ Bucket: 'odd', Key: odd, GetMetadata: true, GetData: true, InlineData: true }),
    CopyObject: (odd) => ({ SourceBucket: 'odd', SourceObject: odd, DestinationBucket: 'odd', DestinationObject: odd }),
    DeleteObject: (odd) => ({ Bucket: 'odd', Key: odd }),
    DeleteVersion: (odd) => ({ Bucket: 'odd', Key: 'k', VersionId: odd }),
    ListVersions: (odd) => ({ Bucket: 'odd', Prefix: odd, KeyMarker: odd, VersionIdMarker: odd }),
  };
  it('ordinary ones are served', async () => {
    expect(await faultOf('PutObjectInline', calls['PutObjectInline']!('plain'))).toBe('');
    expect(await faultOf('ListBucket', { Bucket: 'odd', Prefix: 'plain' })).toBe('');
  });

  it.each(Object.keys(calls))(
    '%s answers, never by an internal error',
    async (name) => {
      for (const odd of ODD) {
        const fault = await faultOf(name, calls[name]!(odd));
        expect([odd, fault]).toEqual([odd, expect.stringMatching(/^$|^soapenv:Client\./)]);
      }
    },
    60_000,
  );

  it('lists keys that XML cannot carry', async () => {
    for (const name of ['ListBucket', 'ListVersions']) {
      expect(await faultOf(name, { Bucket: 'odd', MaxKeys: 10 })).not.toMatch(/Server/);
    }
  });
});
