import { describe, expect, it } from '@jest/globals';
import { findProgram, isExecutable, requireProgram } from './find-program.js';

describe('finding a program', () => {
  it('gives its full path', () => {
    expect(findProgram('cat')).toMatch(/^\/.*\/cat$/);
    expect(findProgram('mallee-no-such-program')).toBeUndefined();
  });

  it('looks into the system directories without PATH, and never into a relative one', () => {
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = '.:node_modules/.bin';
      expect(findProgram('cat')).toMatch(/^\/(usr\/)?bin\/cat$/);
      expect(findProgram('tsc')).toBeUndefined();
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('takes no directory for a program', () => {
    expect(isExecutable('/usr/bin')).toBe(false);
  });

  it('names the Debian package of a missing one', () => {
    expect(() => requireProgram('mallee-no-such-program', 'mallee-package')).toThrow(/mallee-package/);
  });
});
