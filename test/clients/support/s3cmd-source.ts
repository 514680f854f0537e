import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@mallee/processes';
import { run, type RunEnd } from './run.js';

/** Where the sources of s3cmd lie, or why they are not to be had. */
export type S3cmdSource = { readonly directory: string } | { readonly missing: string };

/**
 * The sources of s3cmd, of which no binary package has the test script: a folder that MALLEE_S3CMD_SOURCE names, or else the source
 * package of the archive this machine installs from, fetched into `scratch` and nowhere else. Needs no root.
 */
export async function obtainS3cmd(scratch: string): Promise<S3cmdSource> {
  const given = process.env['MALLEE_S3CMD_SOURCE'];
  if (given !== undefined && given !== '') return { directory: given };
  const sources = sourcesOfThisMachine('/etc/apt');
  if (findProgram('apt-get') === undefined || sources === '')
    return { missing: 'no apt with an archive to ask for the sources of s3cmd' };
  const apt = privateApt(scratch, sources);
  await apt('update');
  const fetched = await apt('source', '--download-only', 's3cmd');
  const tarball = readdirSync(scratch).find((name) => /^s3cmd_.*\.orig\.tar\.\w+$/.test(name));
  if (fetched.code !== 0 || tarball === undefined)
    return { missing: `the archive has no sources: ${reasonOf(fetched)}` };
  const directory = join(scratch, 'source');
  mkdirSync(directory);
  const unpacked = await run('tar', ['-xf', tarball, '-C', directory, '--strip-components=1'], { cwd: scratch });
  return unpacked.code === 0 ? { directory } : { missing: `cannot unpack ${tarball}: ${unpacked.stderr.trim()}` };
}

/** Runs apt-get with lists and caches of its own; what the machine has is neither used nor changed. */
function privateApt(scratch: string, sources: string): (...args: readonly string[]) => Promise<RunEnd> {
  for (const name of ['lists/partial', 'cache/archives/partial', 'parts'])
    mkdirSync(join(scratch, name), { recursive: true });
  writeFileSync(join(scratch, 'parts/source.sources'), sources);
  const settings = {
    'Dir::Etc::SourceList': '/dev/null',
    'Dir::Etc::SourceParts': join(scratch, 'parts'),
    'Dir::State::Lists': join(scratch, 'lists'),
    'Dir::Cache': join(scratch, 'cache'),
    'Acquire::Retries': '0',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    'Acquire::Languages': 'none',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (...args) => run('apt-get', [...options, ...args], { cwd: scratch, timeoutMs: 120_000 });
}

/** What this machine installs binary packages of the component `main` from, as entries (deb822) for the sources of them. */
function sourcesOfThisMachine(directory: string): string {
  const parts = join(directory, 'sources.list.d');
  const inParts = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  const files = [join(directory, 'sources.list'), ...inParts].filter((file) => existsSync(file));
  const stanzas = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.sources')) return text.split(/\n\s*\n/);
    return file.endsWith('.list') ? text.split('\n').map(stanzaOfLine) : [];
  });
  return stanzas
    .map((stanza) => stanza.replace(/^#.*\n?/gm, '').trim())
    .filter((stanza) => /^Types:.*\bdeb\b(?!-)/m.test(stanza) && /^Components:.*\bmain\b/m.test(stanza))
    .filter((stanza) => !/^Enabled:\s*no/im.test(stanza))
    .map((stanza) => `${stanza.replace(/^Types:.*$/m, 'Types: deb-src').replace(/^Architectures:.*\n?/m, '')}\n`)
    .join('\n');
}

/** `deb [signed-by=FILE] URI SUITE COMPONENT...` in the newer form. */
function stanzaOfLine(line: string): string {
  const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim());
  if (match === null) return '';
  const key = /signed-by=(\S+)/.exec(match[1] ?? '')?.[1];
  const fields = ['Types: deb', `URIs: ${match[2]}`, `Suites: ${match[3]}`, `Components: ${match[4]}`];
  return [...fields, ...(key === undefined ? [] : [`Signed-By: ${key}`])].join('\n');
}

function reasonOf({ stdout, stderr }: RunEnd): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  return (lines.find((line) => line.startsWith('E:')) ?? 'apt-get gave no reason').slice(0, 160);
}
