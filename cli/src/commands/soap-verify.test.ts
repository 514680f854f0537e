import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { describeShared } from '@mallee/testing';
import { runCli } from '../test-support/run-cli.js';

interface Line {
  readonly file: string;
  readonly accepted: boolean;
  readonly kind?: string;
  readonly body?: string;
  readonly code?: string;
}

const PROFILES = ['body-timestamp', 'headers-only'];

describeShared('mallee soap verify on captures of the original C daemons', (shared) => {
  const folder = `${shared}/fixtures/rampart-c`;
  const trust = ['cloud', 'cluster', 'node'].flatMap((role) => [
    '--trust',
    `${folder}/keys/test-only-${role}-cert.pem`,
  ]);
  const options = (profile: string): string[] => ['soap', 'verify', '--profile', profile, ...trust, '--ignore-time'];
  const files = (path: string): string[] => readdirSync(`${folder}/${path}`).map((name) => `${folder}/${path}/${name}`);

  async function verify(profile: string, names: readonly string[]): Promise<{ code: number | null; lines: Line[] }> {
    const { code, stdout } = await runCli([...options(profile), '--json', ...names]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    return { code, lines };
  }

  describe.each(PROFILES)('%s', (profile) => {
    it('accepts every signed message, the document alone and the whole HTTP message', async () => {
      const { code, lines } = await verify(profile, files(`${profile}/signed`));
      expect(lines.filter(({ accepted }) => !accepted)).toEqual([]);
      expect(code).toBe(0);
      for (const { file, kind, body } of lines) {
        const reply = file.includes('.response.');
        expect([kind, body?.endsWith('Response')]).toEqual([reply ? 'reply' : 'request', reply]);
      }
    });

    it('refuses every rejected message with a code', async () => {
      // Their documents are good: what is missing is a header of HTTP, which only the whole message shows.
      const names = files(`${profile}/rejected`).filter((name) => !name.endsWith('no-soapaction-header.request.xml'));
      const { code, lines } = await verify(profile, names);
      expect(lines.filter(({ accepted }) => accepted)).toEqual([]);
      expect(lines.every(({ code: reason }) => reason?.startsWith('Wire.'))).toBe(true);
      expect([code, lines.length]).toEqual([1, names.length]);
    });

    it('refuses what was signed for the other profile', async () => {
      const other = PROFILES.find((name) => name !== profile) ?? '';
      const { lines } = await verify(profile, files(`${other}/signed`));
      expect(lines.filter(({ accepted }) => accepted)).toEqual([]);
    });
  });

  const message = (): string => `${folder}/body-timestamp/signed/ncDescribeResource.CC-to-NC.request.xml`;
  const reply = (): string => message().replace('request', 'response');

  test('reads standard input', async () => {
    const { code, stdout } = await runCli([...options('body-timestamp'), '-'], readFileSync(message(), 'utf8'));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^message: accepted: request ncDescribeResource/)]);
  });

  test.each([
    [
      'an old message unless the time is ignored',
      () => [...options('body-timestamp').slice(0, -1), message()],
      'Wire.Expired',
    ],
    [
      'RSA-SHA1 where only RSA-SHA256 is allowed',
      () => [...options('body-timestamp'), '--suite', 'rsa-sha256', message()],
      'Wire.AlgorithmRefused',
    ],
    ['a request given as a reply', () => [...options('body-timestamp'), '--reply', message()], 'Wire.PolicyViolation'],
    ['a reply given as a request', () => [...options('body-timestamp'), '--request', reply()], 'Wire.PolicyViolation'],
    [
      'a reply to another request',
      () => [...options('body-timestamp'), '--relates-to', 'urn:uuid:1', reply()],
      'Wire.PolicyViolation',
    ],
  ])('refuses %s', async (_what, args, reason) => {
    const { code, stdout } = await runCli(args());
    expect([code, stdout]).toEqual([1, expect.stringMatching(`refused: ${reason}: .*\\n  what to do: `)]);
  });
});
