import { describe, expect, it } from '@jest/globals';
import { newInstance } from '../instances/lifecycle.js';
import { exampleLaunch } from '../test-support/examples.js';
import { lookUp, metadataTree } from './metadata-tree.js';

const launch = exampleLaunch({ userData: Buffer.from('#!/bin/sh\n').toString('base64'), groupNames: ['web', 'db'] });
const tree = metadataTree(newInstance(launch, new Date('2026-01-01T00:00:00Z')), 'zone-1');
const read = (path: string) => lookUp(tree, path)?.toString();

describe('metadata tree', () => {
  it.each([
    ['/latest', 'dynamic\nmeta-data\nuser-data'],
    ['/latest/', 'dynamic\nmeta-data\nuser-data'],
    ['/2009-04-04/meta-data/instance-id', 'i-0A1B2C3D'],
    ['/1.0/meta-data/ami-id', 'emi-00000001'],
    ['/latest/meta-data/ami-launch-index', '0'],
    ['/latest/meta-data/hostname', 'ip-10-88-0-9'],
    ['/latest/meta-data/mac', 'd0:0d:0a:1b:2c:3d'],
    ['/latest/meta-data/network/interfaces/macs/', 'd0:0d:0a:1b:2c:3d/'],
    ['/latest/meta-data/network/interfaces/macs/d0:0d:0a:1b:2c:3d/local-ipv4s', '10.88.0.9'],
    ['/latest/meta-data/placement/', 'availability-zone'],
    ['/latest/meta-data/placement/availability-zone', 'zone-1'],
    ['/latest/meta-data/public-keys/', '0=alice'],
    ['/latest/meta-data/public-keys/0/', 'openssh-key'],
    ['/latest/meta-data/public-keys/0/openssh-key', launch.publicKey],
    ['/latest/meta-data/security-groups', 'web\ndb'],
    ['/latest/meta-data/reservation-id', 'r-0A1B2C3D'],
    ['/latest/meta-data/kernel-id', 'eki-00000001'],
    ['/latest/user-data', '#!/bin/sh\n'],
  ])('%s', (path, text) => expect(read(path)).toBe(text));

  it('lists versions and marks directories', () => {
    expect(read('/')?.split('\n')).toEqual(expect.arrayContaining(['2009-04-04', '2021-03-23', 'latest']));
    const names = read('/latest/meta-data/')?.split('\n') ?? [];
    expect(names).toEqual(expect.arrayContaining(['instance-id', 'network/', 'placement/', 'public-keys/']));
    expect(names).not.toContain('public-ipv4');
  });

  it('has an identity document', () => {
    const document: unknown = JSON.parse(read('/latest/dynamic/instance-identity/document') ?? '');
    expect(document).toMatchObject({ instanceId: 'i-0A1B2C3D', accountId: '000000000001', privateIp: '10.88.0.9' });
  });

  it.each([
    '/latest/meta-data/nothing',
    '/latest/meta-data/instance-id/',
    '/latest/meta-data/constructor',
    '/latest/meta-data/__proto__',
    '/latest/meta-data//instance-id',
    '/yesterday/meta-data/',
    '/latest/../latest/meta-data/',
  ])('has nothing at %s', (path) => expect(read(path)).toBeUndefined());

  it('has no user data, key or public address when there is none', () => {
    const bare = exampleLaunch({ publicKey: '' });
    const empty = metadataTree(newInstance(bare, new Date()), 'z');
    expect(lookUp(empty, '/latest/user-data')).toBeUndefined();
    expect(lookUp(empty, '/latest/meta-data/public-keys/')).toBeUndefined();
    const network = { ...bare.network, publicIp: '192.0.2.1' };
    const open = metadataTree(newInstance({ ...bare, network }, new Date()), 'z');
    expect(lookUp(open, '/latest/meta-data/public-ipv4')?.toString()).toBe('192.0.2.1');
  });
});
