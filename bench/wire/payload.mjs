import { encodeMessage, EucalyptusNC_2_0 } from '@mallee/wsdl-types';

/** An ncRunInstance request of 3 KB: a launch with key, groups and user data. */
export const runInstanceRequest = {
  correlationId: '0b6f7f6e-3f0a-4b60-9f1e-7e1b2f6f2c11',
  userId: 'admin',
  nodeName: '10.0.0.2',
  instanceId: 'i-3C4A0712',
  reservationId: 'r-40B20775',
  imageId: 'emi-E8A114F2',
  kernelId: 'eki-F6DF1124',
  ramdiskId: 'eri-0B9E1169',
  imageURL: 'http://10.0.0.1:8776/services/Walrus/images/guest.img.manifest.xml',
  kernelURL: 'http://10.0.0.1:8776/services/Walrus/images/vmlinuz.manifest.xml',
  ramdiskURL: 'http://10.0.0.1:8776/services/Walrus/images/initrd.manifest.xml',
  keyName: `ssh-rsa ${'AAAAB3NzaC1yc2EAAAADAQABAAABAQ'.repeat(12)} admin@mallee`,
  instanceType: { name: 'm1.small', memory: 256, cores: 1, disk: 2, deviceMapping: [] },
  netParams: {
    privateMacAddress: 'D0:0D:3C:4A:07:12',
    privateIp: '10.1.0.7',
    publicIp: '0.0.0.0',
    vlan: 10,
    networkIndex: 7,
  },
  userData: Buffer.from('#!/bin/sh\necho configured\n'.repeat(41)).toString('base64'),
  launchIndex: '0',
  platform: 'linux',
  groupNames: ['default', 'web'],
};

const { ncRunInstance, ncDescribeInstances } = EucalyptusNC_2_0.operations;

export const NODE_URL = 'http://10.0.0.2:8775/axis2/services/EucalyptusNC';
export const launchMessage = {
  to: NODE_URL,
  action: ncRunInstance.soapAction,
  payload: encodeMessage(ncRunInstance.request, runInstanceRequest),
};

/** An instance as its node reports it. */
export function instance(number) {
  const id = number.toString(16).toUpperCase().padStart(8, '0');
  const { keyName, instanceType, netParams, imageId, kernelId, ramdiskId, userId } = runInstanceRequest;
  return {
    reservationId: `r-${id}`,
    instanceId: `i-${id}`,
    imageId,
    kernelId,
    ramdiskId,
    userId,
    keyName,
    instanceType,
    netParams: { ...netParams, privateIp: `10.1.${(number >> 8) & 255}.${number & 255}` },
    stateName: 'Extant',
    launchTime: '2026-11-22T12:00:00.000Z',
    bundleTaskStateName: 'none',
    userData: '',
    launchIndex: '0',
    platform: 'linux',
    groupNames: ['default', 'web'],
    volumes: [{ volumeId: `vol-${id}`, remoteDev: '/dev/disk/by-path/x', localDev: '/dev/vdb', state: 'attached' }],
  };
}

export const REQUEST_ID = 'urn:uuid:00000000-0000-4000-8000-000000000001';

/** The reply to ncDescribeInstances that is about as long as asked. */
export function describeReply(bytes) {
  const reply = (count) => ({
    correlationId: '0b6f7f6e-3f0a-4b60-9f1e-7e1b2f6f2c11',
    userId: 'admin',
    return: true,
    instances: Array.from({ length: count }, (_, number) => instance(number)),
  });
  const encode = (count) => encodeMessage(ncDescribeInstances.response, reply(count));
  const each = encode(2).length - encode(1).length;
  const payload = encode(Math.round(bytes / each));
  return { action: ncDescribeInstances.soapAction, from: NODE_URL, relatesTo: REQUEST_ID, payload };
}
