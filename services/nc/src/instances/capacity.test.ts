import { describe, expect, it } from '@jest/globals';
import { exampleLaunch } from '../test-support/examples.js';
import { checkAdmission, freeResources, wireResources } from './capacity.js';
import { afterEvent, newInstance } from './lifecycle.js';

const GIB = 1024 ** 3;
const limits = { memoryBytes: GIB, cores: 2, diskBytes: 3 * GIB + 5 };
const type = { name: 'm1.small', memoryMb: 512, cores: 1, diskGb: 2 };
const record = newInstance(exampleLaunch({ type }), new Date());

describe('capacity', () => {
  it('counts in bytes and reports MB and GB', () => {
    expect(wireResources(freeResources(limits, [record]))).toEqual({ memoryMb: 512, cores: 1, diskGb: 1 });
  });

  it('does not count instances that are over, and never goes below zero', () => {
    const stopping = afterEvent(record, { type: 'stopping', at: new Date(), reason: { code: 'x', message: '' } })!;
    expect(freeResources(limits, [stopping]).cores).toBe(1);
    const over = afterEvent(stopping, { type: 'torn-down', at: new Date() })!;
    expect(freeResources(limits, [over])).toEqual(limits);
    expect(freeResources(limits, [record, record, record])).toEqual({ memoryBytes: 0, cores: 0, diskBytes: 0 });
  });

  it('names everything that is short', () => {
    expect(() => checkAdmission(limits, [], record.launch)).not.toThrow();
    expect(() => checkAdmission(limits, [record], record.launch)).toThrow('disk: 2 GB wanted, 1 GB free');
    const big = exampleLaunch({ type: { ...type, memoryMb: 4096, cores: 8 } });
    expect(() => checkAdmission(limits, [], big)).toThrow(/memory: .*; cores: 8 wanted, 2 free/);
    expect(() => checkAdmission(limits, [], big)).toThrow(
      expect.objectContaining({ code: 'Node.InsufficientResources' }),
    );
  });
});
