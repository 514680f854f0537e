import { expect, it } from '@jest/globals';
import { asSpelledByS3 } from './header-spelling.js';

it('spells the headers of HTTP as S3 does and leaves the others as they are', () => {
  const headers = { 'content-length': 5, etag: '"x"', 'x-amz-meta-a': 'b', 'Set-Cookie': ['c', 'd'] };
  const spelled = { 'Content-Length': 5, ETag: '"x"', 'x-amz-meta-a': 'b', 'Set-Cookie': ['c', 'd'] };
  expect(asSpelledByS3(headers)).toEqual(spelled);
});
