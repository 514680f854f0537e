import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { loadIdentity, MessageSigner, MessageVerifier, ReplayCache } from '@mallee/ws-security';
import { ratio } from './measure.mjs';
import { launchMessage } from './payload.mjs';

// As many bytes as a SignedInfo has.
const data = Buffer.alloc(1800, 'x');

/** Signing a launch request beside the bare RSA operation. */
export function measureSigning(peer, quick) {
  const privateKey = createPrivateKey(peer.privateKeyPem);
  const signer = new MessageSigner({ identity: loadIdentity(peer) });
  return {
    figure: 'sign a 3 KB message / bare crypto.sign',
    unit: 'ratio',
    bar: 0.92,
    aim: 0.97,
    lowerIsBetter: false,
    ...ratio(
      () => sign('sha256', data, privateKey),
      () => signer.sign(launchMessage),
      { slices: quick ? 50 : 300, otherCalls: 20, taskCalls: 20, warmUpCalls: quick ? 1500 : 4000 },
    ),
    payloadBytes: launchMessage.payload.length,
  };
}

/** Verifying it. Every message is verified once, replay cache included, as a daemon does it. */
export function measureVerifying(peer, quick) {
  const publicKey = createPublicKey(peer.certificatePem);
  const value = sign('sha256', data, peer.privateKeyPem);
  const slices = quick ? 50 : 150;
  const taskCalls = 40;
  const warmUpCalls = 3000;
  const signer = new MessageSigner({ identity: loadIdentity(peer) });
  const count = slices * taskCalls + warmUpCalls;
  const messages = Array.from({ length: count }, () => Buffer.from(signer.sign(launchMessage).text));
  const verifier = new MessageVerifier({
    trusted: () => [peer.certificatePem],
    replayCache: new ReplayCache(),
    freshness: { maximumAgeMs: 3_600_000 },
  });
  let next = 0;
  return {
    figure: 'verify a 3 KB message / bare crypto.verify',
    unit: 'ratio',
    bar: 0.18,
    aim: 0.35,
    lowerIsBetter: false,
    ...ratio(
      () => verify('sha256', data, publicKey, value),
      () => verifier.verifyRequest(messages[next++]),
      { slices, otherCalls: 100, taskCalls, warmUpCalls },
    ),
    messageBytes: messages[0].length,
  };
}
