import type { EucalyptusCCOperations_2_0, MalleeStorageOperations } from '@mallee/wsdl-types';

export type RunInstancesRequest = EucalyptusCCOperations_2_0['RunInstances']['request'];
export type ReportedInstance = EucalyptusCCOperations_2_0['DescribeInstances']['response']['instances'][number];
export type ReportedVolume = MalleeStorageOperations['DescribeStorageVolumes']['response']['volumes'][number];
