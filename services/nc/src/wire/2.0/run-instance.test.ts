import { describe, expect, it } from '@jest/globals';
import { EucalyptusNC_2_0, encodeMessage } from '@mallee/wsdl-types';
import { newInstance } from '../../instances/lifecycle.js';
import { exampleLaunch } from '../../test-support/examples.js';
import { runInstanceMessage } from '../../test-support/run-instance-message.js';
import { instance20 } from './instance.js';
import { launch20 } from './run-instance.js';

const message = runInstanceMessage(exampleLaunch({ userData: 'ZGF0YQ==' }));

describe('wire form of 2.0', () => {
  it('is read as it was meant', () => {
    expect(launch20(message)).toEqual(exampleLaunch({ userData: 'ZGF0YQ==' }));
    expect(launch20({ ...message, kernelId: '', kernelURL: '', ramdiskId: '', ramdiskURL: '' })).not.toHaveProperty(
      'kernelUrl',
    );
  });

  it.each<[string, object]>([
    ['an instance id that is a path', { instanceId: '../../x' }],
    ['a MAC that is not one', { netParams: { ...message.netParams, privateMacAddress: 'x' } }],
    ['an address that is not one', { netParams: { ...message.netParams, privateIp: '10.0.0.999' } }],
    ['no memory', { instanceType: { ...message.instanceType, memory: 0 } }],
    ['no cores', { instanceType: { ...message.instanceType, cores: undefined } }],
    ['user data that is not base64', { userData: '<script>' }],
    ['too much user data', { userData: Buffer.alloc(17_000).toString('base64') }],
    ['a key of two lines', { keyName: 'ssh-rsa AAAA\nssh-rsa BBBB' }],
    ['too many groups', { groupNames: Array.from({ length: 65 }, String) }],
  ])('refuses %s', (_, change) => {
    const read = () => launch20({ ...message, ...change });
    expect(read).toThrow(expect.objectContaining({ code: 'Wire.MalformedMessage' }));
  });

  it('leaves out nothing that an original cluster controller needs', () => {
    const bare = exampleLaunch({ publicKey: '' });
    const { kernelId: _, ramdiskId: __, ...launch } = bare;
    const instance = instance20(newInstance(launch, new Date('2026-01-01T00:00:00Z')));
    const { ncRunInstance } = EucalyptusNC_2_0.operations;
    const text = encodeMessage(ncRunInstance!.response, { instance });
    const needed = ['bundleTaskStateName', 'name', 'privateMacAddress', 'privateIp', 'publicIp', 'keyName', 'userData'];
    for (const name of needed) expect(text).toMatch(new RegExp(`:${name}>`));
    expect(text).toContain(':bundleTaskStateName>none<');
    expect(text).toContain(':stateName>Pending<');
  });
});
