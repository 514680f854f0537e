import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generate } from './generate.js';
import { loadSources, packageRoot } from './load.js';

// `npm run generate -w @mallee/wsdl-types`: writes src/generated anew.
const target = `${packageRoot}src/generated/`;
const files = generate(await loadSources());
await rm(target, { recursive: true, force: true });
for (const { path, text } of files) {
  await mkdir(dirname(target + path), { recursive: true });
  await writeFile(target + path, text);
}
process.stdout.write(`wrote ${files.length} files to src/generated\n`);
