import { randomUUID } from 'node:crypto';
import { Agent, createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClientAsync, WSSecurityCert } from 'soap';
import { encodeMessage, EucalyptusNC_2_0, wsdlText } from '@mallee/wsdl-types';
import { instance, runInstanceRequest } from './payload.mjs';
import { checkWithXmlCrypto } from './xml-crypto-check.mjs';

const WSA = 'http://www.w3.org/2005/08/addressing';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const { ncRunInstance } = EucalyptusNC_2_0.operations;

/**
 * The same call with the `soap` package of npm. It signs with WSSecurityCert; it verifies nothing, so xml-crypto does. Its server does not sign:
 * the answering end here verifies the request with xml-crypto, wraps a payload that was encoded before, and signs it with WSSecurityCert;
 * it decodes nothing, which is in favour of the other side.
 */
export async function openSoapStack(cluster, node) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-wire-'));
  const wsdl = join(folder, 'nc.wsdl');
  writeFileSync(wsdl, wsdlText(EucalyptusNC_2_0));
  const server = createServer(answering(cluster, node));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${server.address().port}${EucalyptusNC_2_0.path}`;
  const client = await createClientAsync(wsdl, { endpoint, envelopeKey: 'soapenv' });
  rmSync(folder, { recursive: true });
  const httpAgent = new Agent({ keepAlive: true });
  client.setSecurity(security(cluster, ['wsa:To', 'wsa:Action', 'wsa:MessageID']));
  const call = async () => {
    client.clearSoapHeaders();
    for (const header of addressing({ To: endpoint, Action: ncRunInstance.soapAction, MessageID: messageId() })) {
      client.addSoapHeader(header);
    }
    const [reply, raw] = await client.ncRunInstanceAsync(request, { httpAgent });
    checkWithXmlCrypto(raw, node.certificatePem);
    if (reply.instance.instanceId !== instance(1).instanceId) throw new Error('another reply');
  };
  return call;
}

const request = {
  ...runInstanceRequest,
  instanceType: { ...runInstanceRequest.instanceType, deviceMapping: undefined },
};

function answering(cluster, node) {
  const payload = encodeMessage(ncRunInstance.response, { return: true, instance: instance(1) });
  const signer = security(node, ['wsa:Action', 'wsa:MessageID']);
  return async (incoming, response) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    checkWithXmlCrypto(Buffer.concat(chunks).toString(), cluster.certificatePem);
    const headers = addressing({ Action: ncRunInstance.soapAction, MessageID: messageId() }).join('');
    const envelope =
      `<soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Header>${headers}</soapenv:Header>` +
      `<soapenv:Body>${payload}</soapenv:Body></soapenv:Envelope>`;
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(signer.postProcess(envelope, 'soapenv'));
  };
}

function security({ privateKeyPem, certificatePem }, additionalReferences) {
  return new WSSecurityCert(privateKeyPem, certificatePem, '', {
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    hasTimeStamp: true,
    signerOptions: { idMode: 'wssecurity', prefix: 'ds', existingPrefixes: {}, attrs: {} },
    additionalReferences,
    signatureTransformations: ['http://www.w3.org/2001/10/xml-exc-c14n#'],
  });
}

function addressing(values) {
  return Object.entries(values).map(([name, text]) => `<wsa:${name} xmlns:wsa="${WSA}">${text}</wsa:${name}>`);
}

function messageId() {
  return `urn:uuid:${randomUUID()}`;
}
