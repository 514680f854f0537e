/**
 * What the C code of the originals does not check but relies on (internal-protocol 1.2, original-c-daemons 5 and 7).
 * Keys are names of types and elements, as the tables have them.
 */

/**
 * Elements that the schema lets be absent, but whose absence crashes an original that reads the record: the CC copies
 * strings of its nodes without looking, the forked child of RunInstances compares `platform`.
 */
export const neverAbsent: Readonly<Record<string, readonly string[]>> = {
  virtualMachineType: ['name'],
  deviceMappingType: ['deviceName', 'virtualName', 'format'],
  volumeType: ['volumeId', 'remoteDev', 'localDev', 'state'],
  instanceType: ['bundleTaskStateName', 'netParams'],
  ccInstanceType: ['ownerId', 'reservationId', 'netParams', 'instanceType', 'bundleTaskStateName'],
  runInstancesType: ['platform', 'instanceType'],
};

/** Longest texts in bytes that fit the buffers of a 2.0 CC: a longer one is cut, and not always ended. */
export const longestText: Readonly<Record<string, number>> = {
  instanceId: 15,
  instanceIds: 15,
  reservationId: 15,
  imageId: 15,
  kernelId: 15,
  ramdiskId: 15,
  ownerId: 15,
  userId: 15,
  stateName: 15,
  privateMacAddress: 23,
  macAddresses: 23,
  privateIp: 23,
  publicIp: 23,
  keyName: 1023,
  userData: 4095,
  serviceTag: 63,
  serviceTags: 63,
  groupNames: 31,
  netNames: 31,
};

/** Longest lists that fit the arrays of a 2.0 CC. */
export const longestList: Readonly<Record<string, number>> = {
  groupNames: 64,
  netNames: 64,
  serviceTags: 1024,
  instances: 2048,
  instanceIds: 2048,
};
