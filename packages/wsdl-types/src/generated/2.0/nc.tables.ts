// Generated from wsdl/2.0/nc.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'http://eucalyptus.ucsb.edu/';

const eucalyptusMessage: TypeTable = {
  name: 'eucalyptusMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
    { name: 'nodeName', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'statusMessage', type: 'int', min: 0, max: 1, nillable: true },
  ],
};

const ncDescribeResourceType: TypeTable = {
  name: 'ncDescribeResourceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'resourceType', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncDescribeResourceResponseType: TypeTable = {
  name: 'ncDescribeResourceResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'nodeStatus', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'memorySizeMax', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'memorySizeAvailable', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'diskSizeMax', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'diskSizeAvailable', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'numberOfCoresMax', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'numberOfCoresAvailable', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'publicSubnets', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncDescribeInstancesType: TypeTable = {
  name: 'ncDescribeInstancesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceIds', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const deviceMappingType: TypeTable = {
  name: 'deviceMappingType',
  fields: [
    { name: 'deviceName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'virtualName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'size', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'format', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const virtualMachineType: TypeTable = {
  name: 'virtualMachineType',
  fields: [
    { name: 'name', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'memory', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'cores', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'disk', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'deviceMapping', type: deviceMappingType, min: 0, max: Infinity, nillable: false },
  ],
};

const netConfigType: TypeTable = {
  name: 'netConfigType',
  fields: [
    { name: 'privateMacAddress', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'privateIp', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'publicIp', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'vlan', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'networkIndex', type: 'int', min: 1, max: 1, nillable: false },
  ],
};

const volumeType: TypeTable = {
  name: 'volumeType',
  fields: [
    { name: 'volumeId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'remoteDev', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'localDev', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'state', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const instanceType: TypeTable = {
  name: 'instanceType',
  fields: [
    { name: 'reservationId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'imageId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'kernelId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'keyName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceType', type: virtualMachineType, min: 1, max: 1, nillable: false },
    { name: 'netParams', type: netConfigType, min: 0, max: 1, nillable: false },
    { name: 'stateName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'bundleTaskStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchTime', type: 'dateTime', min: 0, max: 1, nillable: false },
    { name: 'userData', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchIndex', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'platform', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'groupNames', type: 'string', min: 0, max: 64, nillable: false },
    { name: 'volumes', type: volumeType, min: 0, max: 64, nillable: false },
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncDescribeInstancesResponseType: TypeTable = {
  name: 'ncDescribeInstancesResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instances', type: instanceType, min: 0, max: Infinity, nillable: false },
  ],
};

const ncRunInstanceType: TypeTable = {
  name: 'ncRunInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'imageId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'kernelId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'imageURL', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'kernelURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'reservationId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceType', type: virtualMachineType, min: 1, max: 1, nillable: false },
    { name: 'keyName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'netParams', type: netConfigType, min: 1, max: 1, nillable: false },
    { name: 'userData', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchIndex', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'platform', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'groupNames', type: 'string', min: 0, max: 64, nillable: false },
  ],
};

const ncRunInstanceResponseType: TypeTable = {
  name: 'ncRunInstanceResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instance', type: instanceType, min: 0, max: 1, nillable: false },
  ],
};

const ncTerminateInstanceType: TypeTable = {
  name: 'ncTerminateInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncTerminateInstanceResponseType: TypeTable = {
  name: 'ncTerminateInstanceResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'shutdownState', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'previousState', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncRebootInstanceType: TypeTable = {
  name: 'ncRebootInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncRebootInstanceResponseType: TypeTable = {
  name: 'ncRebootInstanceResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'status', type: 'boolean', min: 1, max: 1, nillable: false },
  ],
};

const ncGetConsoleOutputType: TypeTable = {
  name: 'ncGetConsoleOutputType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncGetConsoleOutputResponseType: TypeTable = {
  name: 'ncGetConsoleOutputResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'consoleOutput', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncStartNetworkType: TypeTable = {
  name: 'ncStartNetworkType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'remoteHosts', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'remoteHostPort', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'vlan', type: 'int', min: 0, max: 1, nillable: false },
  ],
};

const ncStartNetworkResponseType: TypeTable = {
  name: 'ncStartNetworkResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'networkStatus', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncAttachVolumeType: TypeTable = {
  name: 'ncAttachVolumeType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'volumeId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'remoteDev', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'localDev', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncAttachVolumeResponseType: TypeTable = {
  name: 'ncAttachVolumeResponseType',
  fields: eucalyptusMessage.fields,
};

const ncDetachVolumeType: TypeTable = {
  name: 'ncDetachVolumeType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'volumeId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'remoteDev', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'localDev', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'force', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const ncDetachVolumeResponseType: TypeTable = {
  name: 'ncDetachVolumeResponseType',
  fields: eucalyptusMessage.fields,
};

const ncPowerDownType: TypeTable = {
  name: 'ncPowerDownType',
  fields: eucalyptusMessage.fields,
};

const ncPowerDownResponseType: TypeTable = {
  name: 'ncPowerDownResponseType',
  fields: eucalyptusMessage.fields,
};

const ncBundleInstanceType: TypeTable = {
  name: 'ncBundleInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'bucketName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'filePrefix', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'walrusURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userPublicKey', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'cloudPublicKey', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'S3Policy', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'S3PolicySig', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncBundleInstanceResponseType: TypeTable = {
  name: 'ncBundleInstanceResponseType',
  fields: eucalyptusMessage.fields,
};

const ncCancelBundleTaskType: TypeTable = {
  name: 'ncCancelBundleTaskType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncCancelBundleTaskResponseType: TypeTable = {
  name: 'ncCancelBundleTaskResponseType',
  fields: eucalyptusMessage.fields,
};

const ncDescribeBundleTasksType: TypeTable = {
  name: 'ncDescribeBundleTasksType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceIds', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const bundleTaskType: TypeTable = {
  name: 'bundleTaskType',
  fields: [
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'state', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'manifest', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncDescribeBundleTasksResponseType: TypeTable = {
  name: 'ncDescribeBundleTasksResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'bundleTasks', type: bundleTaskType, min: 0, max: Infinity, nillable: false },
  ],
};

export const EucalyptusNC_2_0: ServiceTable = {
  name: 'EucalyptusNC',
  dialect: '2.0',
  namespace,
  path: '/axis2/services/EucalyptusNC',
  document: '2.0/nc.wsdl',
  operations: {
    ncDescribeResource: {
      name: 'ncDescribeResource',
      soapAction: 'EucalyptusNC#ncDescribeResource',
      request: { element: 'ncDescribeResource', namespace, type: ncDescribeResourceType },
      response: { element: 'ncDescribeResourceResponse', namespace, type: ncDescribeResourceResponseType },
    },
    ncDescribeInstances: {
      name: 'ncDescribeInstances',
      soapAction: 'EucalyptusNC#ncDescribeInstances',
      request: { element: 'ncDescribeInstances', namespace, type: ncDescribeInstancesType },
      response: { element: 'ncDescribeInstancesResponse', namespace, type: ncDescribeInstancesResponseType },
    },
    ncRunInstance: {
      name: 'ncRunInstance',
      soapAction: 'EucalyptusNC#ncRunInstance',
      request: { element: 'ncRunInstance', namespace, type: ncRunInstanceType },
      response: { element: 'ncRunInstanceResponse', namespace, type: ncRunInstanceResponseType },
    },
    ncTerminateInstance: {
      name: 'ncTerminateInstance',
      soapAction: 'EucalyptusNC#ncTerminateInstance',
      request: { element: 'ncTerminateInstance', namespace, type: ncTerminateInstanceType },
      response: { element: 'ncTerminateInstanceResponse', namespace, type: ncTerminateInstanceResponseType },
    },
    ncRebootInstance: {
      name: 'ncRebootInstance',
      soapAction: 'EucalyptusNC#ncRebootInstance',
      request: { element: 'ncRebootInstance', namespace, type: ncRebootInstanceType },
      response: { element: 'ncRebootInstanceResponse', namespace, type: ncRebootInstanceResponseType },
    },
    ncGetConsoleOutput: {
      name: 'ncGetConsoleOutput',
      soapAction: 'EucalyptusNC#ncGetConsoleOutput',
      request: { element: 'ncGetConsoleOutput', namespace, type: ncGetConsoleOutputType },
      response: { element: 'ncGetConsoleOutputResponse', namespace, type: ncGetConsoleOutputResponseType },
    },
    ncStartNetwork: {
      name: 'ncStartNetwork',
      soapAction: 'EucalyptusNC#ncStartNetwork',
      request: { element: 'ncStartNetwork', namespace, type: ncStartNetworkType },
      response: { element: 'ncStartNetworkResponse', namespace, type: ncStartNetworkResponseType },
    },
    ncAttachVolume: {
      name: 'ncAttachVolume',
      soapAction: 'EucalyptusNC#ncAttachVolume',
      request: { element: 'ncAttachVolume', namespace, type: ncAttachVolumeType },
      response: { element: 'ncAttachVolumeResponse', namespace, type: ncAttachVolumeResponseType },
    },
    ncDetachVolume: {
      name: 'ncDetachVolume',
      soapAction: 'EucalyptusNC#ncDetachVolume',
      request: { element: 'ncDetachVolume', namespace, type: ncDetachVolumeType },
      response: { element: 'ncDetachVolumeResponse', namespace, type: ncDetachVolumeResponseType },
    },
    ncPowerDown: {
      name: 'ncPowerDown',
      soapAction: 'EucalyptusNC#ncPowerDown',
      request: { element: 'ncPowerDown', namespace, type: ncPowerDownType },
      response: { element: 'ncPowerDownResponse', namespace, type: ncPowerDownResponseType },
    },
    ncBundleInstance: {
      name: 'ncBundleInstance',
      soapAction: 'EucalyptusNC#ncBundleInstance',
      request: { element: 'ncBundleInstance', namespace, type: ncBundleInstanceType },
      response: { element: 'ncBundleInstanceResponse', namespace, type: ncBundleInstanceResponseType },
    },
    ncCancelBundleTask: {
      name: 'ncCancelBundleTask',
      soapAction: 'EucalyptusNC#ncCancelBundleTask',
      request: { element: 'ncCancelBundleTask', namespace, type: ncCancelBundleTaskType },
      response: { element: 'ncCancelBundleTaskResponse', namespace, type: ncCancelBundleTaskResponseType },
    },
    ncDescribeBundleTasks: {
      name: 'ncDescribeBundleTasks',
      soapAction: 'EucalyptusNC#ncDescribeBundleTasks',
      request: { element: 'ncDescribeBundleTasks', namespace, type: ncDescribeBundleTasksType },
      response: { element: 'ncDescribeBundleTasksResponse', namespace, type: ncDescribeBundleTasksResponseType },
    },
  },
};
