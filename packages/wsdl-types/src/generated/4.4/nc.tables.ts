// Generated from wsdl/4.4/nc.wsdl by `npm run generate`; do not edit.

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
    { name: 'migrationCapable', type: 'boolean', min: 1, max: 1, nillable: false },
    { name: 'iqn', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'memorySizeMax', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'memorySizeAvailable', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'diskSizeMax', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'diskSizeAvailable', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'numberOfCoresMax', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'numberOfCoresAvailable', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'publicSubnets', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'hypervisor', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncDescribeInstancesType: TypeTable = {
  name: 'ncDescribeInstancesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceIds', type: 'string', min: 0, max: Infinity, nillable: false },
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

const instanceType: TypeTable = {
  name: 'instanceType',
  fields: [
    { name: 'uuid', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'reservationId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'imageId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'kernelId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'ownerId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'keyName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceType', type: virtualMachineType, min: 1, max: 1, nillable: false },
    { name: 'netParams', type: netConfigType, min: 0, max: 1, nillable: false },
    { name: 'stateName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'bundleTaskStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'bundleTaskProgress', type: 'double', min: 0, max: 1, nillable: false },
    { name: 'createImageStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchTime', type: 'dateTime', min: 0, max: 1, nillable: false },
    { name: 'expiryTime', type: 'dateTime', min: 0, max: 1, nillable: false },
    { name: 'blkbytes', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'netbytes', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'guestStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'migrationStateName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'migrationSource', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'migrationDestination', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userData', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchIndex', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'platform', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'groupNames', type: 'string', min: 0, max: 64, nillable: false },
    { name: 'groupIds', type: 'string', min: 0, max: 64, nillable: false },
    { name: 'volumes', type: volumeType, min: 0, max: 64, nillable: false },
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'hasFloopy', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'secondaryNetConfig', type: netConfigType, min: 0, max: Infinity, nillable: false },
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
    { name: 'imageId', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'kernelId', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'ramdiskId', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'imageURL', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'kernelURL', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'ramdiskURL', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'ownerId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'reservationId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'uuid', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'instanceType', type: virtualMachineType, min: 1, max: 1, nillable: false },
    { name: 'keyName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'netParams', type: netConfigType, min: 1, max: 1, nillable: false },
    { name: 'userData', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'credential', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'launchIndex', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'platform', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'expiryTime', type: 'dateTime', min: 0, max: 1, nillable: false },
    { name: 'groupNames', type: 'string', min: 0, max: 64, nillable: false },
    { name: 'rootDirective', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'groupIds', type: 'string', min: 0, max: 64, nillable: false },
    { name: 'secondaryNetConfig', type: netConfigType, min: 0, max: Infinity, nillable: false },
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
    { name: 'force', type: 'boolean', min: 1, max: 1, nillable: false },
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
    { name: 'uuid', type: 'string', min: 0, max: 1, nillable: false },
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
    { name: 'objectStorageURL', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userPublicKey', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'cloudPublicKey', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'S3Policy', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'S3PolicySig', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'architecture', type: 'string', min: 0, max: 1, nillable: false },
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

const ncDescribeSensorsType: TypeTable = {
  name: 'ncDescribeSensorsType',
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

const ncDescribeSensorsResponseType: TypeTable = {
  name: 'ncDescribeSensorsResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'sensorsResources', type: sensorsResourceType, min: 0, max: Infinity, nillable: false },
  ],
};

const ncBroadcastNetworkInfoType: TypeTable = {
  name: 'ncBroadcastNetworkInfoType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'networkInfo', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncBroadcastNetworkInfoResponseType: TypeTable = {
  name: 'ncBroadcastNetworkInfoResponseType',
  fields: eucalyptusMessage.fields,
};

const ncAssignAddressType: TypeTable = {
  name: 'ncAssignAddressType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'publicIp', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncAssignAddressResponseType: TypeTable = {
  name: 'ncAssignAddressResponseType',
  fields: eucalyptusMessage.fields,
};

const ncAttachNetworkInterfaceType: TypeTable = {
  name: 'ncAttachNetworkInterfaceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'netConfig', type: netConfigType, min: 0, max: 1, nillable: false },
  ],
};

const ncAttachNetworkInterfaceResponseType: TypeTable = {
  name: 'ncAttachNetworkInterfaceResponseType',
  fields: eucalyptusMessage.fields,
};

const ncDetachNetworkInterfaceType: TypeTable = {
  name: 'ncDetachNetworkInterfaceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'attachmentId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'force', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const ncDetachNetworkInterfaceResponseType: TypeTable = {
  name: 'ncDetachNetworkInterfaceResponseType',
  fields: eucalyptusMessage.fields,
};

const ncCreateImageType: TypeTable = {
  name: 'ncCreateImageType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'volumeId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'remoteDev', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncCreateImageResponseType: TypeTable = {
  name: 'ncCreateImageResponseType',
  fields: eucalyptusMessage.fields,
};

const ncBundleRestartInstanceType: TypeTable = {
  name: 'ncBundleRestartInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncBundleRestartInstanceResponseType: TypeTable = {
  name: 'ncBundleRestartInstanceResponseType',
  fields: eucalyptusMessage.fields,
};

const ncModifyNodeType: TypeTable = {
  name: 'ncModifyNodeType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'stateName', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const ncModifyNodeResponseType: TypeTable = {
  name: 'ncModifyNodeResponseType',
  fields: eucalyptusMessage.fields,
};

const ncMigrateInstancesType: TypeTable = {
  name: 'ncMigrateInstancesType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instances', type: instanceType, min: 1, max: Infinity, nillable: false },
    { name: 'action', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'credentials', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'resourceLocation', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const ncMigrateInstancesResponseType: TypeTable = {
  name: 'ncMigrateInstancesResponseType',
  fields: eucalyptusMessage.fields,
};

const ncStartInstanceType: TypeTable = {
  name: 'ncStartInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncStartInstanceResponseType: TypeTable = {
  name: 'ncStartInstanceResponseType',
  fields: eucalyptusMessage.fields,
};

const ncStopInstanceType: TypeTable = {
  name: 'ncStopInstanceType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ncStopInstanceResponseType: TypeTable = {
  name: 'ncStopInstanceResponseType',
  fields: eucalyptusMessage.fields,
};

export const EucalyptusNC_4_4: ServiceTable = {
  name: 'EucalyptusNC',
  dialect: '4.4',
  namespace,
  path: '/axis2/services/EucalyptusNC',
  document: '4.4/nc.wsdl',
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
    ncDescribeSensors: {
      name: 'ncDescribeSensors',
      soapAction: 'EucalyptusNC#ncDescribeSensors',
      request: { element: 'ncDescribeSensors', namespace, type: ncDescribeSensorsType },
      response: { element: 'ncDescribeSensorsResponse', namespace, type: ncDescribeSensorsResponseType },
    },
    ncBroadcastNetworkInfo: {
      name: 'ncBroadcastNetworkInfo',
      soapAction: 'EucalyptusNC#BroadcastNetworkInfo',
      request: { element: 'ncBroadcastNetworkInfo', namespace, type: ncBroadcastNetworkInfoType },
      response: { element: 'ncBroadcastNetworkInfoResponse', namespace, type: ncBroadcastNetworkInfoResponseType },
    },
    ncAssignAddress: {
      name: 'ncAssignAddress',
      soapAction: 'EucalyptusNC#ncAssignAddress',
      request: { element: 'ncAssignAddress', namespace, type: ncAssignAddressType },
      response: { element: 'ncAssignAddressResponse', namespace, type: ncAssignAddressResponseType },
    },
    ncAttachNetworkInterface: {
      name: 'ncAttachNetworkInterface',
      soapAction: 'EucalyptusNC#ncAttachNetworkInterface',
      request: { element: 'ncAttachNetworkInterface', namespace, type: ncAttachNetworkInterfaceType },
      response: { element: 'ncAttachNetworkInterfaceResponse', namespace, type: ncAttachNetworkInterfaceResponseType },
    },
    ncDetachNetworkInterface: {
      name: 'ncDetachNetworkInterface',
      soapAction: 'EucalyptusNC#ncDetachNetworkInterface',
      request: { element: 'ncDetachNetworkInterface', namespace, type: ncDetachNetworkInterfaceType },
      response: { element: 'ncDetachNetworkInterfaceResponse', namespace, type: ncDetachNetworkInterfaceResponseType },
    },
    ncCreateImage: {
      name: 'ncCreateImage',
      soapAction: 'EucalyptusNC#ncCreateImage',
      request: { element: 'ncCreateImage', namespace, type: ncCreateImageType },
      response: { element: 'ncCreateImageResponse', namespace, type: ncCreateImageResponseType },
    },
    ncBundleRestartInstance: {
      name: 'ncBundleRestartInstance',
      soapAction: 'EucalyptusNC#ncBundleRestartInstance',
      request: { element: 'ncBundleRestartInstance', namespace, type: ncBundleRestartInstanceType },
      response: { element: 'ncBundleRestartInstanceResponse', namespace, type: ncBundleRestartInstanceResponseType },
    },
    ncModifyNode: {
      name: 'ncModifyNode',
      soapAction: 'EucalyptusNC#ncModifyNode',
      request: { element: 'ncModifyNode', namespace, type: ncModifyNodeType },
      response: { element: 'ncModifyNodeResponse', namespace, type: ncModifyNodeResponseType },
    },
    ncMigrateInstances: {
      name: 'ncMigrateInstances',
      soapAction: 'EucalyptusNC#ncMigrateInstances',
      request: { element: 'ncMigrateInstances', namespace, type: ncMigrateInstancesType },
      response: { element: 'ncMigrateInstancesResponse', namespace, type: ncMigrateInstancesResponseType },
    },
    ncStartInstance: {
      name: 'ncStartInstance',
      soapAction: 'EucalyptusNC#ncStartInstance',
      request: { element: 'ncStartInstance', namespace, type: ncStartInstanceType },
      response: { element: 'ncStartInstanceResponse', namespace, type: ncStartInstanceResponseType },
    },
    ncStopInstance: {
      name: 'ncStopInstance',
      soapAction: 'EucalyptusNC#ncStopInstance',
      request: { element: 'ncStopInstance', namespace, type: ncStopInstanceType },
      response: { element: 'ncStopInstanceResponse', namespace, type: ncStopInstanceResponseType },
    },
  },
};
