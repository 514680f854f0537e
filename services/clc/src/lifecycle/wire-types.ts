import type { MalleeStorageOperations } from '@mallee/wsdl-types';

export type ReportedVolume = MalleeStorageOperations['DescribeStorageVolumes']['response']['volumes'][number];
