import * as zlib from 'node:zlib';

/** A running checksum; `digest` gives it big-endian, as S3 writes it (then base64). */
export interface RunningChecksum {
  update(chunk: Buffer): void;
  digest(): Buffer;
}

const CRC32 = 0xedb88320;
const CRC32C = 0x82f63b78;
/** CRC-64/NVME, reflected polynomial 0x9a6c9329ac4bc9b5, in halves. */
const CRC64_HIGH = 0x9a6c9329;
const CRC64_LOW = 0xac4bc9b5;

const nativeCrc32 = (zlib as { crc32?: (data: Buffer, value?: number) => number }).crc32;

export function crc32(): RunningChecksum {
  if (nativeCrc32 === undefined) return reflected32(CRC32);
  let value = 0;
  return {
    update: (chunk) => void (value = nativeCrc32(chunk, value)),
    digest: () => word(value),
  };
}

export function crc32c(): RunningChecksum {
  return reflected32(CRC32C);
}

/** Four bytes a step (slicing-by-4), as this runs over every byte of an upload. */
function reflected32(polynomial: number): RunningChecksum {
  const [t0, t1, t2, t3] = tables32(polynomial);
  let crc = -1;
  return {
    update(chunk) {
      let c = crc;
      let i = 0;
      for (const end = chunk.length - 3; i < end; i += 4) {
        c ^= chunk.readInt32LE(i);
        c = t3[c & 255]! ^ t2[(c >>> 8) & 255]! ^ t1[(c >>> 16) & 255]! ^ t0[c >>> 24]!;
      }
      for (; i < chunk.length; i++) c = (c >>> 8) ^ t0[(c ^ chunk[i]!) & 255]!;
      crc = c;
    },
    digest: () => word(~crc),
  };
}

/** CRC-64/NVME over two 32-bit halves: BigInt would be some fifty times slower. */
export function crc64nvme(): RunningChecksum {
  const [tableHigh, tableLow] = table64();
  let high = -1;
  let low = -1;
  return {
    update(chunk) {
      let h = high;
      let l = low;
      for (let i = 0; i < chunk.length; i++) {
        const index = (l ^ chunk[i]!) & 255;
        l = ((l >>> 8) | (h << 24)) ^ tableLow[index]!;
        h = (h >>> 8) ^ tableHigh[index]!;
      }
      high = h;
      low = l;
    },
    digest: () => Buffer.concat([word(~high), word(~low)]),
  };
}

const cache32 = new Map<number, [Int32Array, Int32Array, Int32Array, Int32Array]>();

function tables32(polynomial: number): [Int32Array, Int32Array, Int32Array, Int32Array] {
  const known = cache32.get(polynomial);
  if (known !== undefined) return known;
  const tables = [0, 1, 2, 3].map(() => new Int32Array(256)) as [Int32Array, Int32Array, Int32Array, Int32Array];
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ polynomial : c >>> 1;
    tables[0][n] = c;
  }
  for (let n = 0; n < 256; n++) {
    for (let t = 1; t < 4; t++) {
      const before = tables[t - 1]![n]!;
      tables[t]![n] = (before >>> 8) ^ tables[0][before & 255]!;
    }
  }
  cache32.set(polynomial, tables);
  return tables;
}

let cache64: [Int32Array, Int32Array] | undefined;

function table64(): [Int32Array, Int32Array] {
  if (cache64 !== undefined) return cache64;
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let n = 0; n < 256; n++) {
    let h = 0;
    let l = n;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= CRC64_LOW;
        h ^= CRC64_HIGH;
      }
    }
    high[n] = h;
    low[n] = l;
  }
  return (cache64 = [high, low]);
}

function word(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeInt32BE(value | 0);
  return out;
}
