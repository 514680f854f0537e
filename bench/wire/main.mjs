// What the signing and verifying of a message costs beside the bare RSA operation of the same run. Build first: npx tsc -b
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { createSelfSignedCertificate, generateKeyPair } from '@mallee/certificates';
import { loadIdentity, MessageSigner, MessageVerifier, ReplayCache } from '@mallee/ws-security';
import { EucalyptusNC_2_0, encodeMessage } from '@mallee/wsdl-types';
import { ratio } from './measure.mjs';
import { runInstanceRequest } from './payload.mjs';

const quick = process.argv.includes('--quick');
const { privateKeyPem } = await generateKeyPair();
const certificatePem = createSelfSignedCertificate({ privateKeyPem, commonName: 'bench' });
const operation = EucalyptusNC_2_0.operations.ncRunInstance;
const payload = encodeMessage(operation.request, runInstanceRequest);
const outgoing = { to: 'http://10.0.0.2:8775/axis2/services/EucalyptusNC', action: operation.soapAction, payload };

const privateKey = createPrivateKey(privateKeyPem);
const publicKey = createPublicKey(privateKey);
// As many bytes as a SignedInfo has.
const data = Buffer.alloc(1800, 'x');
const value = sign('sha256', data, privateKey);

const signer = new MessageSigner({ identity: loadIdentity({ privateKeyPem, certificatePem }) });
const report = (figure, bar, aim, { ratio: found, microseconds }) => {
  const line = { figure, value: Number(found.toFixed(3)), unit: 'ratio', bar, aim, lowerIsBetter: false };
  console.log(
    JSON.stringify({ ...line, cpuMicroseconds: Number(microseconds.toFixed(1)), payloadBytes: payload.length }),
  );
};

report(
  'sign a 3 KB message / bare crypto.sign',
  0.9,
  0.97,
  ratio(
    () => sign('sha256', data, privateKey),
    () => signer.sign(outgoing),
    { slices: quick ? 50 : 300, bareCalls: 20, taskCalls: 20, warmUpCalls: 4000 },
  ),
);

// Every message is verified once, replay cache included, as a daemon does it.
const slices = quick ? 50 : 150;
const calls = 40;
const warmUpCalls = 3000;
const messages = Array.from({ length: slices * calls + warmUpCalls }, () => Buffer.from(signer.sign(outgoing).text));
const replayCache = new ReplayCache();
const verifier = new MessageVerifier({
  trusted: () => [certificatePem],
  replayCache,
  freshness: { maximumAgeMs: 3_600_000 },
});
let next = 0;
report(
  'verify a 3 KB message / bare crypto.verify',
  0.12,
  0.35,
  ratio(
    () => verify('sha256', data, publicKey, value),
    () => verifier.verifyRequest(messages[next++]),
    { slices, bareCalls: 100, taskCalls: calls, warmUpCalls },
  ),
);
