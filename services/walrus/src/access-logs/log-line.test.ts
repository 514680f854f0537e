import { describe, expect, it } from '@jest/globals';
import { logLine, type LogRecord } from './log-line.js';
import { operationName } from './operation-name.js';

const least: LogRecord = {
  bucketOwner: 'owner',
  bucket: 'bucket',
  at: new Date('2026-02-03T04:05:06.700Z'),
  requestId: 'id',
  operation: 'REST.GET.OBJECT',
  requestLine: 'GET /bucket HTTP/1.1',
  status: 200,
  totalMs: 7.4,
};

describe('a line of an access log', () => {
  it('has 26 fields, with - for what is not known', () => {
    expect(logLine(least)).toBe(
      'owner bucket [03/Feb/2026:04:05:06 +0000] - - id REST.GET.OBJECT - "GET /bucket HTTP/1.1" 200 - - - 7 - "-" "-" - - - - - - - - -\n',
    );
  });

  it('cannot be broken by what a client sends', () => {
    const hostile = 'a" "b\r\nowner bucket';
    const line = logLine({
      ...least,
      key: hostile,
      referer: hostile,
      userAgent: hostile,
      host: hostile,
      versionId: hostile,
    });
    expect(line.split('\n')).toHaveLength(2);
    expect(line.match(/"/g)).toHaveLength(6);
    expect(line.replace(/"[^"]*"|\[[^\]]*\]/g, 'x').split(' ')).toHaveLength(26);
    expect(logLine({ ...least, userAgent: 'x'.repeat(100_000) }).length).toBeLessThan(5000);
  });

  it('encodes keys twice and hides signatures', () => {
    const requestLine = 'GET /b/k?X-Amz-Date=1&X-Amz-Signature=abc&Signature=def&x=1 HTTP/1.1';
    const line = logLine({ ...least, key: 'a b/ü', requestLine });
    expect(line).toContain(' a%2520b%2F%25C3%25BC ');
    expect(line).toContain('"GET /b/k?X-Amz-Date=1&X-Amz-Signature=REDACTED&Signature=REDACTED&x=1 HTTP/1.1"');
  });
});

describe('names of operations', () => {
  it.each([
    ['GET', '', true, false, 'REST.GET.OBJECT'],
    ['GET', 'list-type=2', false, false, 'REST.GET.BUCKET'],
    ['PUT', 'uploadId=x&partNumber=1', true, false, 'REST.PUT.PART'],
    ['POST', 'uploadId=x', true, false, 'REST.POST.UPLOAD'],
    ['POST', 'uploads=', true, false, 'REST.POST.UPLOADS'],
    ['POST', 'delete', false, false, 'REST.POST.MULTI_OBJECT_DELETE'],
    ['PUT', '', true, true, 'REST.COPY.OBJECT'],
    ['GET', 'tagging', true, false, 'REST.GET.OBJECT_TAGGING'],
    ['GET', 'tagging', false, false, 'REST.GET.BUCKET_TAGGING'],
    ['GET', 'logging', false, false, 'REST.GET.LOGGING_STATUS'],
    ['OPTIONS', '', true, false, 'REST.OPTIONS.PREFLIGHT'],
  ] as const)('%s ?%s', (method, rawQuery, hasKey, isCopy, name) => {
    expect(operationName({ method, rawQuery, hasKey, isCopy })).toBe(name);
  });
});
