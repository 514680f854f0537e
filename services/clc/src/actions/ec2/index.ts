import { AuthorizeSecurityGroupIngress } from './AuthorizeSecurityGroupIngress.js';
import { CreateKeyPair } from './CreateKeyPair.js';
import { CreateSecurityGroup } from './CreateSecurityGroup.js';
import { CreateTags } from './CreateTags.js';
import { CreateVolume } from './CreateVolume.js';
import { DeleteKeyPair } from './DeleteKeyPair.js';
import { DeleteSecurityGroup } from './DeleteSecurityGroup.js';
import { DeleteTags } from './DeleteTags.js';
import { DeleteVolume } from './DeleteVolume.js';
import { DeregisterImage } from './DeregisterImage.js';
import { DescribeAccountAttributes } from './DescribeAccountAttributes.js';
import { DescribeAvailabilityZones } from './DescribeAvailabilityZones.js';
import { DescribeImages } from './DescribeImages.js';
import { DescribeInstanceStatus } from './DescribeInstanceStatus.js';
import { DescribeInstanceTypes } from './DescribeInstanceTypes.js';
import { DescribeInstances } from './DescribeInstances.js';
import { DescribeKeyPairs } from './DescribeKeyPairs.js';
import { DescribeRegions } from './DescribeRegions.js';
import { DescribeSecurityGroups } from './DescribeSecurityGroups.js';
import { DescribeSubnets } from './DescribeSubnets.js';
import { DescribeTags } from './DescribeTags.js';
import { DescribeVolumes } from './DescribeVolumes.js';
import { DescribeVpcs } from './DescribeVpcs.js';
import { GetConsoleOutput } from './GetConsoleOutput.js';
import { ImportKeyPair } from './ImportKeyPair.js';
import { RebootInstances } from './RebootInstances.js';
import { RegisterImage } from './RegisterImage.js';
import { RevokeSecurityGroupIngress } from './RevokeSecurityGroupIngress.js';
import { RunInstances } from './RunInstances.js';
import { TerminateInstances } from './TerminateInstances.js';
import type { Action } from '../../ec2/action.js';

/** Every EC2 action that is served; docs/reference/ec2-actions.md lists exactly these (a test compares). */
export const ec2Actions: ReadonlyMap<string, Action> = new Map(
  [
    AuthorizeSecurityGroupIngress,
    CreateKeyPair,
    CreateSecurityGroup,
    CreateTags,
    CreateVolume,
    DeleteKeyPair,
    DeleteSecurityGroup,
    DeleteTags,
    DeleteVolume,
    DeregisterImage,
    DescribeAccountAttributes,
    DescribeAvailabilityZones,
    DescribeImages,
    DescribeInstanceStatus,
    DescribeInstanceTypes,
    DescribeInstances,
    DescribeKeyPairs,
    DescribeRegions,
    DescribeSecurityGroups,
    DescribeSubnets,
    DescribeTags,
    DescribeVolumes,
    DescribeVpcs,
    GetConsoleOutput,
    ImportKeyPair,
    RebootInstances,
    RegisterImage,
    RevokeSecurityGroupIngress,
    RunInstances,
    TerminateInstances,
  ].map((action) => [action.name, action]),
);
