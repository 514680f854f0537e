import { takeTurns } from './load.mjs';

const CONNECTIONS = 16;
const SIZE = 4096;
const ALL = 10_000;

/**
 * 4 KiB objects over 16 connections, and the listing of the 10,000 that were made, beside radosgw on the same disk. The requests
 * come in turns of 1,000. Without radosgw only our own rates are told.
 */
export async function measureSmall({ walrus, radosgw, load, quick }) {
  const known = typeof radosgw !== 'string';
  const stores = known ? [walrus, radosgw] : [walrus];
  const count = quick ? 100 : 1000;
  const turns = Array.from({ length: ALL / 1000 }, (_, i) => i * count);
  const job = (method) => (first) => ({
    method,
    prefix: 'small-',
    first,
    count,
    bytes: SIZE,
    connections: CONNECTIONS,
  });
  await takeTurns(load, stores, [{ ...job('PUT')(0), prefix: 'warm-', count: 400 }]);
  const puts = await takeTurns(load, stores, turns.map(job('PUT')));
  await takeTurns(load, stores, [job('GET')(0)]);
  const gets = await takeTurns(load, stores, turns.map(job('GET')));
  await takeTurns(load, stores, [{ list: true }]);
  const rounds = quick ? 1 : 5;
  const lists = await takeTurns(
    load,
    stores,
    Array.from({ length: rounds }, () => ({ list: true })),
  );
  const requests = count * turns.length;
  const line = (figure, bar, aim, times, unit, per) => ({
    figure,
    unit: 'ratio',
    bar,
    aim,
    lowerIsBetter: false,
    value: known ? times[1] / times[0] : undefined,
    [unit]: rounded(per(times[0])),
    ...(known ? { [`radosgw${unit[0].toUpperCase()}${unit.slice(1)}`]: rounded(per(times[1])) } : { skipped: radosgw }),
  });
  const rate = (seconds) => requests / seconds;
  return [
    line('GET 4 KiB objects/s / radosgw, 16 connections', 1.5, 3, gets, 'perSecond', rate),
    line('PUT 4 KiB objects/s (fsynced) / radosgw, 16 connections', 1, 2, puts, 'perSecond', rate),
    line('list 10,000 keys / radosgw', 1, 2, lists, 'seconds', (seconds) => seconds / rounds),
  ];
}

function rounded(value) {
  return Number(value.toPrecision(3));
}
