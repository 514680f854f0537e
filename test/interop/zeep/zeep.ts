import { join } from 'node:path';
import { runWell } from '../support/run.js';
import type { Call, Outcome, Stack, Target } from '../support/stack.js';

/** Debian's Python, for which python3-zeep and python3-xmlsec are packaged. */
export const PYTHON = '/usr/bin/python3';

/**
 * Python zeep. Its BinarySignature signs Body and Timestamp but no addressing headers; with signing `profile` our peer.py signs those,
 * too, with python3-xmlsec. Replies are verified by zeep and by peer.py.
 */
export class Zeep implements Stack {
  async call(
    { url, wsdlUrl, key, certificate, peer, suite, signing }: Target,
    calls: readonly Call[],
  ): Promise<Outcome[]> {
    const job = { wsdl: wsdlUrl, url, key, certificate, peer, suite, signing, calls };
    const output = await runWell(PYTHON, [join(import.meta.dirname, 'peer.py')], { input: JSON.stringify(job) });
    return JSON.parse(output) as Outcome[];
  }
}
