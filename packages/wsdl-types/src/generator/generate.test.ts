import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { generate } from './generate.js';
import { loadSources, packageRoot } from './load.js';

const folder = `${packageRoot}src/generated/`;

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('//', '/').slice(folder.length))
    .sort();
}

test('src/generated is exactly what the documents say (npm run generate -w @mallee/wsdl-types)', async () => {
  const files = generate(await loadSources());
  expect(filesBelow(folder)).toEqual(files.map((file) => file.path).sort());
  for (const { path, text } of files) expect([path, readFileSync(folder + path, 'utf8')]).toEqual([path, text]);
});

test('the same documents give the same text again', async () => {
  expect(generate(await loadSources())).toEqual(generate(await loadSources()));
});

test('every document in the folder is a source', async () => {
  const documents = readdirSync(`${packageRoot}wsdl`, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.wsdl'),
  );
  const named = (await loadSources()).map(({ dialect, file }) => `${dialect}/${file}.wsdl`);
  expect(named.sort()).toEqual(documents.sort());
});
