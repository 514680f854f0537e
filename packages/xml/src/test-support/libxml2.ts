import { spawnSync, execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory } from '@mallee/testing';

const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const BATCH = 500;

/**
 * For tests: the exclusive canonical form of each document as `xmllint --exc-c14n` (libxml2) writes it, undefined for what it does not
 * take. Many documents go through one process; a marker between two tells whose output is whose.
 */
export function canonicalByLibxml2(documents: readonly Uint8Array[]): (string | undefined)[] {
  const scratch = scratchDirectory();
  const forms: (string | undefined)[] = [];
  for (let from = 0; from < documents.length; from += BATCH) {
    const batch = documents.slice(from, from + BATCH);
    const files = batch.flatMap((document, index) => {
      const [file, marker] = [join(scratch.path, `d${index}.xml`), join(scratch.path, `m${index}.xml`)];
      writeFileSync(file, document);
      writeFileSync(marker, `<marker-20261122 n="${index}"/>`);
      return [file, marker];
    });
    const { stdout } = spawnSync('xmllint', ['--nonet', '--exc-c14n', ...files], { maxBuffer: 1 << 28 });
    const output = stdout.toString('utf8').split(/<marker-20261122 n="\d+"><\/marker-20261122>/);
    if (output.length !== batch.length + 1) throw new Error('xmllint did not come to the end');
    forms.push(...output.slice(0, -1).map((form) => (form === '' ? undefined : form)));
  }
  scratch.remove();
  return forms;
}

/** For tests: SHA-256 of the exclusive canonical form of each element with an xml:id, in its document, as xmlsec1 (libxml2) has it. */
export function digestsByXmlsec1(content: string, ids: readonly string[]): Map<string, string> {
  const scratch = scratchDirectory();
  const key = join(scratch.path, 'key.pem');
  const file = join(scratch.path, 'template.xml');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(file, withTemplate(content, ids));
  const signed = execFileSync('xmlsec1', ['--sign', '--privkey-pem', key, file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  scratch.remove();
  const found = signed.matchAll(/<Reference URI="#([^"]*)">.*?<DigestValue>([^<]*)<\/DigestValue>/gs);
  return new Map([...found].map((match) => [match[1]!, match[2]!]));
}

/** For tests: the document whose elements `digestsByXmlsec1` digests, with a signature to be filled in: one reference for each id. */
export function withTemplate(content: string, ids: readonly string[]): string {
  const references = ids.map(
    (id) =>
      `<Reference URI="#${id}"><Transforms><Transform Algorithm="${EXC_C14N}"/></Transforms>` +
      `<DigestMethod Algorithm="${SHA256}"/><DigestValue></DigestValue></Reference>`,
  );
  const template =
    `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="${EXC_C14N}"/>` +
    `<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>${references.join('')}</SignedInfo>` +
    '<SignatureValue></SignatureValue></Signature>';
  return `<t:top xmlns:t="urn:top" xmlns:a="urn:a">${template}${content}</t:top>`;
}
