import { expect, it } from '@jest/globals';
import { domainName, domainUuid, instanceIdOfDomain, isDomainTag, isInstanceId } from './domain-name.js';

it('names a domain after cloud and instance, and reads the name back', () => {
  const name = domainName('demo', 'i-0A1B2C3D');
  expect(name).toBe('mallee-demo-i-0A1B2C3D');
  expect(instanceIdOfDomain('demo', name)).toBe('i-0A1B2C3D');
});

it.each(['mallee-other-i-0A1B2C3D', 'mallee-demo-x-i-0A1B2C3D', 'i-0A1B2C3D', 'mallee-demo-i-0A1B2C3D-copy', 'web'])(
  'does not take %s for its own',
  (name) => expect(instanceIdOfDomain('demo', name)).toBeUndefined(),
);

it('begins every UUID with ec2 and never changes it', () => {
  expect(domainUuid('demo', 'i-0A1B2C3D')).toMatch(
    /^ec2[0-9a-f]{5}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(domainUuid('demo', 'i-0A1B2C3D')).toBe(domainUuid('demo', 'i-0A1B2C3D'));
  expect(domainUuid('demo', 'i-0A1B2C3D')).not.toBe(domainUuid('demo2', 'i-0A1B2C3D'));
});

it('knows instance ids and tags', () => {
  expect(['i-0a1b2c3d', 'i-0A1B2C3D'].every(isInstanceId)).toBe(true);
  expect(['i-', 'i-0A1B2C3', 'i-0A1B2C3D\n', '../i-0A1B2C3D', 'i-0A1B2C3G'].some(isInstanceId)).toBe(false);
  expect(isDomainTag('a-b')).toBe(true);
  expect(['', '-a', 'a-', 'A', 'a/b', 'a'.repeat(40)].some(isDomainTag)).toBe(false);
});
