// Generated from wsdl/2.0/cc.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'http://eucalyptus.ucsb.edu/';

const eucalyptusMessage: TypeTable = {
  name: 'eucalyptusMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
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

const describeResourcesType: TypeTable = {
  name: 'describeResourcesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceTypes', type: virtualMachineType, min: 1, max: Infinity, nillable: false },
  ],
};

const ccResourceType: TypeTable = {
  name: 'ccResourceType',
  fields: [
    { name: 'instanceType', type: virtualMachineType, min: 0, max: 1, nillable: false },
    { name: 'maxInstances', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'availableInstances', type: 'int', min: 0, max: 1, nillable: false },
  ],
};

const describeResourcesResponseType: TypeTable = {
  name: 'describeResourcesResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'resources', type: ccResourceType, min: 0, max: Infinity, nillable: false },
    { name: 'serviceTags', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const describeInstancesType: TypeTable = {
  name: 'describeInstancesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceIds', type: 'string', min: 0, max: Infinity, nillable: false },
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

const ccInstanceType: TypeTable = {
  name: 'ccInstanceType',
  fields: [
    { name: 'imageId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'kernelId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'instanceType', type: virtualMachineType, min: 0, max: 1, nillable: false },
    { name: 'keyName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchTime', type: 'dateTime', min: 0, max: 1, nillable: false },
    { name: 'stateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'netParams', type: netConfigType, min: 0, max: 1, nillable: false },
    { name: 'ownerId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'reservationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userData', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchIndex', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'platform', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'bundleTaskStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'groupNames', type: 'string', min: 0, max: 64, nillable: false },
    { name: 'volumes', type: volumeType, min: 0, max: Infinity, nillable: false },
  ],
};

const describeInstancesResponseType: TypeTable = {
  name: 'describeInstancesResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instances', type: ccInstanceType, min: 0, max: Infinity, nillable: false },
  ],
};

const runInstancesType: TypeTable = {
  name: 'runInstancesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'imageId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'kernelId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'imageURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'kernelURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'instanceType', type: virtualMachineType, min: 0, max: 1, nillable: false },
    { name: 'keyName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'maxCount', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'minCount', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'reservationId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceIds', type: 'string', min: 1, max: Infinity, nillable: false },
    { name: 'netNames', type: 'string', min: 1, max: Infinity, nillable: false },
    { name: 'macAddresses', type: 'string', min: 1, max: Infinity, nillable: false },
    { name: 'networkIndexList', type: 'int', min: 0, max: Infinity, nillable: false },
    { name: 'vlan', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'userData', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'launchIndex', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'platform', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const runInstancesResponseType: TypeTable = {
  name: 'runInstancesResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instances', type: ccInstanceType, min: 0, max: Infinity, nillable: false },
  ],
};

const terminateInstancesType: TypeTable = {
  name: 'terminateInstancesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceIds', type: 'string', min: 0, max: Infinity, nillable: true },
  ],
};

const terminateInstancesResponseType: TypeTable = {
  name: 'terminateInstancesResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'isTerminated', type: 'boolean', min: 0, max: Infinity, nillable: false },
  ],
};

const rebootInstancesType: TypeTable = {
  name: 'rebootInstancesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceIds', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const rebootInstancesResponseType: TypeTable = {
  name: 'rebootInstancesResponseType',
  fields: eucalyptusMessage.fields,
};

const getConsoleOutputType: TypeTable = {
  name: 'getConsoleOutputType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const getConsoleOutputResponseType: TypeTable = {
  name: 'getConsoleOutputResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'consoleOutput', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const describeNetworksType: TypeTable = {
  name: 'describeNetworksType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'nameserver', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'clusterControllers', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const networkType: TypeTable = {
  name: 'networkType',
  fields: [
    { name: 'vlan', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'netName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'userName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'activeAddrs', type: 'int', min: 0, max: Infinity, nillable: false },
  ],
};

const describeNetworksResponseType: TypeTable = {
  name: 'describeNetworksResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'mode', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'addrsPerNet', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'activeNetworks', type: networkType, min: 0, max: Infinity, nillable: false },
  ],
};

const startNetworkType: TypeTable = {
  name: 'startNetworkType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'vlan', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'netName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'nameserver', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'clusterControllers', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const startNetworkResponseType: TypeTable = {
  name: 'startNetworkResponseType',
  fields: eucalyptusMessage.fields,
};

const stopNetworkType: TypeTable = {
  name: 'stopNetworkType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'vlan', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'netName', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const stopNetworkResponseType: TypeTable = {
  name: 'stopNetworkResponseType',
  fields: eucalyptusMessage.fields,
};

const networkRule: TypeTable = {
  name: 'networkRule',
  fields: [
    { name: 'type', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'sourceNames', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'userNames', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'sourceNets', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'destUserName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'destName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'protocol', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'portRangeMin', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'portRangeMax', type: 'int', min: 1, max: 1, nillable: false },
  ],
};

const configureNetworkType: TypeTable = {
  name: 'configureNetworkType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'rules', type: networkRule, min: 0, max: Infinity, nillable: false },
  ],
};

const configureNetworkResponseType: TypeTable = {
  name: 'configureNetworkResponseType',
  fields: eucalyptusMessage.fields,
};

const describePublicAddressesType: TypeTable = {
  name: 'describePublicAddressesType',
  fields: eucalyptusMessage.fields,
};

const describePublicAddressesResponseType: TypeTable = {
  name: 'describePublicAddressesResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'sourceAddresses', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'destAddresses', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const assignAddressType: TypeTable = {
  name: 'assignAddressType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'source', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'dest', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const assignAddressResponseType: TypeTable = {
  name: 'assignAddressResponseType',
  fields: eucalyptusMessage.fields,
};

const unassignAddressType: TypeTable = {
  name: 'unassignAddressType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'source', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'dest', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const unassignAddressResponseType: TypeTable = {
  name: 'unassignAddressResponseType',
  fields: eucalyptusMessage.fields,
};

const attachVolumeType: TypeTable = {
  name: 'attachVolumeType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'volumeId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'remoteDev', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'localDev', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const attachVolumeResponseType: TypeTable = {
  name: 'attachVolumeResponseType',
  fields: eucalyptusMessage.fields,
};

const detachVolumeType: TypeTable = {
  name: 'detachVolumeType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'volumeId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'remoteDev', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'localDev', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'force', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const detachVolumeResponseType: TypeTable = {
  name: 'detachVolumeResponseType',
  fields: eucalyptusMessage.fields,
};

const bundleInstanceType: TypeTable = {
  name: 'bundleInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'bucketName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'filePrefix', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'walrusURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userPublicKey', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'S3Policy', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'S3PolicySig', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const bundleInstanceResponseType: TypeTable = {
  name: 'bundleInstanceResponseType',
  fields: eucalyptusMessage.fields,
};

const cancelBundleTaskType: TypeTable = {
  name: 'cancelBundleTaskType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const cancelBundleTaskResponseType: TypeTable = {
  name: 'cancelBundleTaskResponseType',
  fields: eucalyptusMessage.fields,
};

const describeBundleTasksType: TypeTable = {
  name: 'describeBundleTasksType',
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
  ],
};

const describeBundleTasksResponseType: TypeTable = {
  name: 'describeBundleTasksResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'bundleTasks', type: bundleTaskType, min: 0, max: Infinity, nillable: false },
  ],
};

export const EucalyptusCC_2_0: ServiceTable = {
  name: 'EucalyptusCC',
  dialect: '2.0',
  namespace,
  path: '/axis2/services/EucalyptusCC',
  document: '2.0/cc.wsdl',
  operations: {
    DescribeResources: {
      name: 'DescribeResources',
      soapAction: 'EucalyptusCC#DescribeResources',
      request: { element: 'DescribeResources', namespace, type: describeResourcesType },
      response: { element: 'DescribeResourcesResponse', namespace, type: describeResourcesResponseType },
    },
    DescribeInstances: {
      name: 'DescribeInstances',
      soapAction: 'EucalyptusCC#DescribeInstances',
      request: { element: 'DescribeInstances', namespace, type: describeInstancesType },
      response: { element: 'DescribeInstancesResponse', namespace, type: describeInstancesResponseType },
    },
    RunInstances: {
      name: 'RunInstances',
      soapAction: 'EucalyptusCC#RunInstances',
      request: { element: 'RunInstances', namespace, type: runInstancesType },
      response: { element: 'RunInstancesResponse', namespace, type: runInstancesResponseType },
    },
    TerminateInstances: {
      name: 'TerminateInstances',
      soapAction: 'EucalyptusCC#TerminateInstances',
      request: { element: 'TerminateInstances', namespace, type: terminateInstancesType },
      response: { element: 'TerminateInstancesResponse', namespace, type: terminateInstancesResponseType },
    },
    RebootInstances: {
      name: 'RebootInstances',
      soapAction: 'EucalyptusCC#RebootInstances',
      request: { element: 'RebootInstances', namespace, type: rebootInstancesType },
      response: { element: 'RebootInstancesResponse', namespace, type: rebootInstancesResponseType },
    },
    GetConsoleOutput: {
      name: 'GetConsoleOutput',
      soapAction: 'EucalyptusCC#GetConsoleOutput',
      request: { element: 'GetConsoleOutput', namespace, type: getConsoleOutputType },
      response: { element: 'GetConsoleOutputResponse', namespace, type: getConsoleOutputResponseType },
    },
    DescribeNetworks: {
      name: 'DescribeNetworks',
      soapAction: 'EucalyptusCC#DescribeNetworks',
      request: { element: 'DescribeNetworks', namespace, type: describeNetworksType },
      response: { element: 'DescribeNetworksResponse', namespace, type: describeNetworksResponseType },
    },
    StartNetwork: {
      name: 'StartNetwork',
      soapAction: 'EucalyptusCC#StartNetwork',
      request: { element: 'StartNetwork', namespace, type: startNetworkType },
      response: { element: 'StartNetworkResponse', namespace, type: startNetworkResponseType },
    },
    StopNetwork: {
      name: 'StopNetwork',
      soapAction: 'EucalyptusCC#StopNetwork',
      request: { element: 'StopNetwork', namespace, type: stopNetworkType },
      response: { element: 'StopNetworkResponse', namespace, type: stopNetworkResponseType },
    },
    ConfigureNetwork: {
      name: 'ConfigureNetwork',
      soapAction: 'EucalyptusCC#ConfigureNetwork',
      request: { element: 'ConfigureNetwork', namespace, type: configureNetworkType },
      response: { element: 'ConfigureNetworkResponse', namespace, type: configureNetworkResponseType },
    },
    DescribePublicAddresses: {
      name: 'DescribePublicAddresses',
      soapAction: 'EucalyptusCC#DescribePublicAddresses',
      request: { element: 'DescribePublicAddresses', namespace, type: describePublicAddressesType },
      response: { element: 'DescribePublicAddressesResponse', namespace, type: describePublicAddressesResponseType },
    },
    AssignAddress: {
      name: 'AssignAddress',
      soapAction: 'EucalyptusCC#AssignAddress',
      request: { element: 'AssignAddress', namespace, type: assignAddressType },
      response: { element: 'AssignAddressResponse', namespace, type: assignAddressResponseType },
    },
    UnassignAddress: {
      name: 'UnassignAddress',
      soapAction: 'EucalyptusCC#UnassignAddress',
      request: { element: 'UnassignAddress', namespace, type: unassignAddressType },
      response: { element: 'UnassignAddressResponse', namespace, type: unassignAddressResponseType },
    },
    AttachVolume: {
      name: 'AttachVolume',
      soapAction: 'EucalyptusCC#AttachVolume',
      request: { element: 'AttachVolume', namespace, type: attachVolumeType },
      response: { element: 'AttachVolumeResponse', namespace, type: attachVolumeResponseType },
    },
    DetachVolume: {
      name: 'DetachVolume',
      soapAction: 'EucalyptusCC#DetachVolume',
      request: { element: 'DetachVolume', namespace, type: detachVolumeType },
      response: { element: 'DetachVolumeResponse', namespace, type: detachVolumeResponseType },
    },
    BundleInstance: {
      name: 'BundleInstance',
      soapAction: 'EucalyptusCC#BundleInstance',
      request: { element: 'BundleInstance', namespace, type: bundleInstanceType },
      response: { element: 'BundleInstanceResponse', namespace, type: bundleInstanceResponseType },
    },
    CancelBundleTask: {
      name: 'CancelBundleTask',
      soapAction: 'EucalyptusCC#CancelBundleTask',
      request: { element: 'CancelBundleTask', namespace, type: cancelBundleTaskType },
      response: { element: 'CancelBundleTaskResponse', namespace, type: cancelBundleTaskResponseType },
    },
    DescribeBundleTasks: {
      name: 'DescribeBundleTasks',
      soapAction: 'EucalyptusCC#DescribeBundleTasks',
      request: { element: 'DescribeBundleTasks', namespace, type: describeBundleTasksType },
      response: { element: 'DescribeBundleTasksResponse', namespace, type: describeBundleTasksResponseType },
    },
  },
};
