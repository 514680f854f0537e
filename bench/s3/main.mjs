// What S3 costs: one JSON line for each figure. Build first: npx tsc -b. `--quick` is less exact; `--only large,small,memory,deep`.
import { measureDeepListing } from './deep-listing.mjs';
import { measureLargeGet, measureLargePut } from './large.mjs';
import { Load } from './load.mjs';
import { measureMemory } from './memory.mjs';
import { measureSmall } from './small.mjs';
import { openRadosgw, openWalrus } from './stores.mjs';

const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1].split(',') : undefined;
const wanted = (name) => only === undefined || only.includes(name);
const measures = [
  ['large', measureLargePut],
  ['large', measureLargeGet],
  ['small', measureSmall],
  ['memory', measureMemory],
  ['deep', measureDeepListing],
];

const load = new Load();
const walrus = await openWalrus();
try {
  for (const [name, measure] of measures) {
    if (!wanted(name)) continue;
    const radosgw = name === 'small' ? await openRadosgw() : undefined;
    try {
      for (const line of [await measure({ walrus, radosgw, load, quick })].flat()) print(line);
    } finally {
      await radosgw?.stop?.();
    }
  }
} finally {
  load.stop();
  await walrus.stop();
}

function print({ value, ...line }) {
  console.log(JSON.stringify({ ...line, value: typeof value === 'number' ? Number(value.toPrecision(3)) : null }));
}
