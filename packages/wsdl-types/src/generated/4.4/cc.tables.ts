// Generated from wsdl/4.4/cc.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'http://eucalyptus.ucsb.edu/';

const serviceInfoType: TypeTable = {
  name: 'serviceInfoType',
  fields: [
    { name: 'partition', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'type', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'name', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'uris', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const eucalyptusMessage: TypeTable = {
  name: 'eucalyptusMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
    { name: 'epoch', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'services', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
    { name: 'disabledServices', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
    { name: 'notreadyServices', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
    { name: 'nodeName', type: 'string', min: 0, max: 1, nillable: true },
  ],
};

const virtualBootRecordType: TypeTable = {
  name: 'virtualBootRecordType',
  fields: [
    { name: 'resourceLocation', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'guestDeviceName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'size', type: 'long', min: 0, max: 1, nillable: false },
    { name: 'format', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'id', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'type', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const virtualMachineType: TypeTable = {
  name: 'virtualMachineType',
  fields: [
    { name: 'name', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'memory', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'cores', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'disk', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'virtualBootRecord', type: virtualBootRecordType, min: 0, max: Infinity, nillable: false },
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

const ccNodeType: TypeTable = {
  name: 'ccNodeType',
  fields: [
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'iqn', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'hypervisor', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const describeResourcesResponseType: TypeTable = {
  name: 'describeResourcesResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'resources', type: ccResourceType, min: 0, max: Infinity, nillable: false },
    { name: 'serviceTags', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'nodes', type: ccNodeType, min: 0, max: Infinity, nillable: false },
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
    { name: 'interfaceId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'device', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'privateMacAddress', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'privateIp', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'publicIp', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'vlan', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'networkIndex', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'attachmentId', type: 'string', min: 0, max: 1, nillable: false },
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
    { name: 'uuid', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'imageId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'kernelId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'instanceType', type: virtualMachineType, min: 0, max: 1, nillable: false },
    { name: 'keyName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchTime', type: 'dateTime', min: 0, max: 1, nillable: false },
    { name: 'expiryTime', type: 'dateTime', min: 0, max: 1, nillable: false },
    { name: 'stateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'netParams', type: netConfigType, min: 0, max: 1, nillable: false },
    { name: 'ownerId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'reservationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userData', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchIndex', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'platform', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'bundleTaskStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'bundleTaskProgress', type: 'double', min: 0, max: 1, nillable: false },
    { name: 'createImageStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'blkbytes', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'netbytes', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'guestStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'migrationStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'migrationSource', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'migrationDestination', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'groupNames', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'volumes', type: volumeType, min: 0, max: Infinity, nillable: false },
    { name: 'secondaryNetConfig', type: netConfigType, min: 0, max: Infinity, nillable: false },
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
    { name: 'netIds', type: 'string', min: 1, max: Infinity, nillable: false },
    { name: 'macAddresses', type: 'string', min: 1, max: Infinity, nillable: false },
    { name: 'networkIndexList', type: 'int', min: 0, max: Infinity, nillable: false },
    { name: 'privateIps', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'uuids', type: 'string', min: 1, max: Infinity, nillable: false },
    { name: 'vlan', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'userData', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'credential', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'launchIndex', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'platform', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'expiryTime', type: 'dateTime', min: 0, max: 1, nillable: false },
    { name: 'ownerId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'rootDirective', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'primaryEniAttachmentId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'secondaryNetConfig', type: netConfigType, min: 0, max: Infinity, nillable: false },
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
    { name: 'force', type: 'boolean', min: 0, max: 1, nillable: true },
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
    { name: 'vmsubdomain', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'nameserver', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'clusterControllers', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const networkType: TypeTable = {
  name: 'networkType',
  fields: [
    { name: 'uuid', type: 'string', min: 1, max: 1, nillable: false },
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
    { name: 'useVlans', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'mode', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'addrsPerNet', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'addrIndexMin', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'addrIndexMax', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'vlanMin', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'vlanMax', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'vnetSubnet', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'vnetNetmask', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'activeNetworks', type: networkType, min: 0, max: Infinity, nillable: false },
  ],
};

const startNetworkType: TypeTable = {
  name: 'startNetworkType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'uuid', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'vlan', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'netName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'groupId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'vmsubdomain', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'nameserver', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'clusterControllers', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
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
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
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
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const configureNetworkResponseType: TypeTable = {
  name: 'configureNetworkResponseType',
  fields: eucalyptusMessage.fields,
};

const assignAddressType: TypeTable = {
  name: 'assignAddressType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'uuid', type: 'string', min: 1, max: 1, nillable: false },
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
    { name: 'objectStorageURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userPublicKey', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'S3Policy', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'S3PolicySig', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'architecture', type: 'string', min: 0, max: 1, nillable: false },
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

const describeServicesType: TypeTable = {
  name: 'describeServicesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'serviceIds', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
  ],
};

const serviceStatusType: TypeTable = {
  name: 'serviceStatusType',
  fields: [
    { name: 'serviceId', type: serviceInfoType, min: 1, max: 1, nillable: false },
    { name: 'localState', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'localEpoch', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'details', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const describeServicesResponseType: TypeTable = {
  name: 'describeServicesResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'serviceStatuses', type: serviceStatusType, min: 0, max: Infinity, nillable: false },
  ],
};

const serviceTransitionType: TypeTable = {
  name: 'serviceTransitionType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'serviceIds', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
    { name: 'instancesIds', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
  ],
};

const startServiceType: TypeTable = {
  name: 'startServiceType',
  fields: serviceTransitionType.fields,
};

const startServiceResponseType: TypeTable = {
  name: 'startServiceResponseType',
  fields: serviceTransitionType.fields,
};

const enableServiceType: TypeTable = {
  name: 'enableServiceType',
  fields: serviceTransitionType.fields,
};

const enableServiceResponseType: TypeTable = {
  name: 'enableServiceResponseType',
  fields: serviceTransitionType.fields,
};

const disableServiceType: TypeTable = {
  name: 'disableServiceType',
  fields: serviceTransitionType.fields,
};

const disableServiceResponseType: TypeTable = {
  name: 'disableServiceResponseType',
  fields: serviceTransitionType.fields,
};

const stopServiceType: TypeTable = {
  name: 'stopServiceType',
  fields: serviceTransitionType.fields,
};

const stopServiceResponseType: TypeTable = {
  name: 'stopServiceResponseType',
  fields: serviceTransitionType.fields,
};

const shutdownServiceType: TypeTable = {
  name: 'shutdownServiceType',
  fields: serviceTransitionType.fields,
};

const shutdownServiceResponseType: TypeTable = {
  name: 'shutdownServiceResponseType',
  fields: serviceTransitionType.fields,
};

const describeSensorsType: TypeTable = {
  name: 'describeSensorsType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'historySize', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'collectionIntervalTimeMs', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'instanceIds', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'sensorIds', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const metricDimensionsValuesType: TypeTable = {
  name: 'metricDimensionsValuesType',
  fields: [
    { name: 'timestamp', type: 'dateTime', min: 1, max: 1, nillable: true },
    { name: 'value', type: 'double', min: 0, max: 1, nillable: true },
  ],
};

const metricDimensionsType: TypeTable = {
  name: 'metricDimensionsType',
  fields: [
    { name: 'dimensionName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'sequenceNum', type: 'long', min: 1, max: 1, nillable: false },
    { name: 'values', type: metricDimensionsValuesType, min: 0, max: Infinity, nillable: false },
  ],
};

const metricCounterType: TypeTable = {
  name: 'metricCounterType',
  fields: [
    { name: 'type', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'collectionIntervalMs', type: 'long', min: 1, max: 1, nillable: false },
    { name: 'dimensions', type: metricDimensionsType, min: 1, max: Infinity, nillable: false },
  ],
};

const metricsResourceType: TypeTable = {
  name: 'metricsResourceType',
  fields: [
    { name: 'metricName', type: 'string', min: 1, max: 1, nillable: true },
    { name: 'counters', type: metricCounterType, min: 0, max: Infinity, nillable: true },
  ],
};

const sensorsResourceType: TypeTable = {
  name: 'sensorsResourceType',
  fields: [
    { name: 'resourceName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'resourceType', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'resourceUuid', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'metrics', type: metricsResourceType, min: 1, max: Infinity, nillable: false },
  ],
};

const describeSensorsResponseType: TypeTable = {
  name: 'describeSensorsResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'sensorsResources', type: sensorsResourceType, min: 0, max: Infinity, nillable: false },
  ],
};

const modifyNodeType: TypeTable = {
  name: 'modifyNodeType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'stateName', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const modifyNodeResponseType: TypeTable = {
  name: 'modifyNodeResponseType',
  fields: eucalyptusMessage.fields,
};

const migrateInstancesType: TypeTable = {
  name: 'migrateInstancesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'sourceHost', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'destinationHost', type: 'string', min: 0, max: Infinity, nillable: false },
    { name: 'allowHosts', type: 'boolean', min: 0, max: 1, nillable: false },
    { name: 'resourceLocation', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const migrateInstancesResponseType: TypeTable = {
  name: 'migrateInstancesResponseType',
  fields: eucalyptusMessage.fields,
};

const startInstanceType: TypeTable = {
  name: 'startInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const startInstanceResponseType: TypeTable = {
  name: 'startInstanceResponseType',
  fields: eucalyptusMessage.fields,
};

const stopInstanceType: TypeTable = {
  name: 'stopInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const stopInstanceResponseType: TypeTable = {
  name: 'stopInstanceResponseType',
  fields: eucalyptusMessage.fields,
};

const AttachNetworkInterfaceType: TypeTable = {
  name: 'AttachNetworkInterfaceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'netConfig', type: netConfigType, min: 0, max: 1, nillable: false },
  ],
};

const AttachNetworkInterfaceResponseType: TypeTable = {
  name: 'AttachNetworkInterfaceResponseType',
  fields: eucalyptusMessage.fields,
};

const DetachNetworkInterfaceType: TypeTable = {
  name: 'DetachNetworkInterfaceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'attachmentId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'force', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const DetachNetworkInterfaceResponseType: TypeTable = {
  name: 'DetachNetworkInterfaceResponseType',
  fields: eucalyptusMessage.fields,
};

const createImageType: TypeTable = {
  name: 'createImageType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'volumeId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'remoteDev', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const createImageResponseType: TypeTable = {
  name: 'createImageResponseType',
  fields: eucalyptusMessage.fields,
};

const bundleRestartInstanceType: TypeTable = {
  name: 'bundleRestartInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const bundleRestartInstanceResponseType: TypeTable = {
  name: 'bundleRestartInstanceResponseType',
  fields: eucalyptusMessage.fields,
};

const broadcastNetworkInfoType: TypeTable = {
  name: 'broadcastNetworkInfoType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'version', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'appliedVersion', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'networkInfo', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const broadcastNetworkInfoResponseType: TypeTable = {
  name: 'broadcastNetworkInfoResponseType',
  fields: eucalyptusMessage.fields,
};

export const EucalyptusCC_4_4: ServiceTable = {
  name: 'EucalyptusCC',
  dialect: '4.4',
  namespace,
  path: '/axis2/services/EucalyptusCC',
  document: '4.4/cc.wsdl',
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
    DescribeServices: {
      name: 'DescribeServices',
      soapAction: 'EucalyptusCC#DescribeServices',
      request: { element: 'DescribeServices', namespace, type: describeServicesType },
      response: { element: 'DescribeServicesResponse', namespace, type: describeServicesResponseType },
    },
    StartService: {
      name: 'StartService',
      soapAction: 'EucalyptusCC#StartService',
      request: { element: 'StartService', namespace, type: startServiceType },
      response: { element: 'StartServiceResponse', namespace, type: startServiceResponseType },
    },
    EnableService: {
      name: 'EnableService',
      soapAction: 'EucalyptusCC#EnableService',
      request: { element: 'EnableService', namespace, type: enableServiceType },
      response: { element: 'EnableServiceResponse', namespace, type: enableServiceResponseType },
    },
    DisableService: {
      name: 'DisableService',
      soapAction: 'EucalyptusCC#DisableService',
      request: { element: 'DisableService', namespace, type: disableServiceType },
      response: { element: 'DisableServiceResponse', namespace, type: disableServiceResponseType },
    },
    StopService: {
      name: 'StopService',
      soapAction: 'EucalyptusCC#StopService',
      request: { element: 'StopService', namespace, type: stopServiceType },
      response: { element: 'StopServiceResponse', namespace, type: stopServiceResponseType },
    },
    ShutdownService: {
      name: 'ShutdownService',
      soapAction: 'EucalyptusCC#ShutdownService',
      request: { element: 'ShutdownService', namespace, type: shutdownServiceType },
      response: { element: 'ShutdownServiceResponse', namespace, type: shutdownServiceResponseType },
    },
    DescribeSensors: {
      name: 'DescribeSensors',
      soapAction: 'EucalyptusCC#DescribeSensors',
      request: { element: 'DescribeSensors', namespace, type: describeSensorsType },
      response: { element: 'DescribeSensorsResponse', namespace, type: describeSensorsResponseType },
    },
    ModifyNode: {
      name: 'ModifyNode',
      soapAction: 'EucalyptusCC#ModifyNode',
      request: { element: 'ModifyNode', namespace, type: modifyNodeType },
      response: { element: 'ModifyNodeResponse', namespace, type: modifyNodeResponseType },
    },
    MigrateInstances: {
      name: 'MigrateInstances',
      soapAction: 'EucalyptusCC#MigrateInstances',
      request: { element: 'MigrateInstances', namespace, type: migrateInstancesType },
      response: { element: 'MigrateInstancesResponse', namespace, type: migrateInstancesResponseType },
    },
    StartInstance: {
      name: 'StartInstance',
      soapAction: 'EucalyptusCC#StartInstance',
      request: { element: 'StartInstance', namespace, type: startInstanceType },
      response: { element: 'StartInstanceResponse', namespace, type: startInstanceResponseType },
    },
    StopInstance: {
      name: 'StopInstance',
      soapAction: 'EucalyptusCC#StopInstance',
      request: { element: 'StopInstance', namespace, type: stopInstanceType },
      response: { element: 'StopInstanceResponse', namespace, type: stopInstanceResponseType },
    },
    AttachNetworkInterface: {
      name: 'AttachNetworkInterface',
      soapAction: 'EucalyptusCC#AttachNetworkInterface',
      request: { element: 'AttachNetworkInterface', namespace, type: AttachNetworkInterfaceType },
      response: { element: 'AttachNetworkInterfaceResponse', namespace, type: AttachNetworkInterfaceResponseType },
    },
    DetachNetworkInterface: {
      name: 'DetachNetworkInterface',
      soapAction: 'EucalyptusCC#DetachNetworkInterface',
      request: { element: 'DetachNetworkInterface', namespace, type: DetachNetworkInterfaceType },
      response: { element: 'DetachNetworkInterfaceResponse', namespace, type: DetachNetworkInterfaceResponseType },
    },
    CreateImage: {
      name: 'CreateImage',
      soapAction: 'EucalyptusCC#CreateImage',
      request: { element: 'CreateImage', namespace, type: createImageType },
      response: { element: 'CreateImageResponse', namespace, type: createImageResponseType },
    },
    BundleRestartInstance: {
      name: 'BundleRestartInstance',
      soapAction: 'EucalyptusCC#BundleRestartInstance',
      request: { element: 'BundleRestartInstance', namespace, type: bundleRestartInstanceType },
      response: { element: 'BundleRestartInstanceResponse', namespace, type: bundleRestartInstanceResponseType },
    },
    BroadcastNetworkInfo: {
      name: 'BroadcastNetworkInfo',
      soapAction: 'EucalyptusCC#BroadcastNetworkInfo',
      request: { element: 'BroadcastNetworkInfo', namespace, type: broadcastNetworkInfoType },
      response: { element: 'BroadcastNetworkInfoResponse', namespace, type: broadcastNetworkInfoResponseType },
    },
  },
};
