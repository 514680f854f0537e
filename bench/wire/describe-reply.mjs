import { loadIdentity, MessageSigner, MessageVerifier } from '@mallee/ws-security';
import { ratio } from './measure.mjs';
import { describeReply, REQUEST_ID } from './payload.mjs';
import { checkWithXmlCrypto } from './xml-crypto-check.mjs';

/** Verifying a long reply, beside xml-crypto. */
export function measureDescribeReply(peer, quick) {
  const { text } = new MessageSigner({ identity: loadIdentity(peer) }).sign(describeReply(113_000));
  const bytes = Buffer.from(text);
  const verifier = new MessageVerifier({ trusted: () => [peer.certificatePem] });
  return {
    figure: 'verify a 117 KB describe reply, ours / xml-crypto',
    unit: 'ratio',
    bar: 20,
    aim: 60,
    lowerIsBetter: false,
    digits: 1,
    ...ratio(
      () => checkWithXmlCrypto(text, peer.certificatePem),
      () => verifier.verifyReply(bytes, REQUEST_ID),
      { slices: quick ? 3 : 10, otherCalls: 1, taskCalls: 60, warmUpCalls: 300, otherWarmUp: quick ? 1 : 5 },
    ),
    messageBytes: bytes.length,
  };
}
