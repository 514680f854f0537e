import { MalleeError } from '@mallee/errors';
import { isInstanceId } from '@mallee/hypervisor';
import { isIPv4 } from 'node:net';
import { launchRequestSchema, type LaunchRequest } from '../instances/record.js';

const MAC = /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/;
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;
/** EC2's limit for user data, decoded. */
const USER_DATA_BYTES = 16 * 1024;
/** One OpenSSH public key line. */
const PUBLIC_KEY = /^[\x20-\x7e]{0,16384}$/;

/** The elements of ncRunInstance that the dialects share; an empty text means the same as none. */
export interface WireLaunch {
  readonly imageId: string;
  readonly kernelId?: string | undefined;
  readonly ramdiskId?: string | undefined;
  readonly imageURL: string;
  readonly kernelURL?: string | undefined;
  readonly ramdiskURL?: string | undefined;
  readonly ownerId: string;
  readonly accountId?: string | undefined;
  readonly uuid?: string | undefined;
  readonly expiryTime?: string | undefined;
  readonly groupIds?: readonly string[] | undefined;
  readonly reservationId: string;
  readonly instanceId: string;
  readonly instanceType: {
    readonly name?: string | undefined;
    readonly memory?: number | undefined;
    readonly cores?: number | undefined;
    readonly disk?: number | undefined;
  };
  readonly keyName: string;
  readonly netParams: {
    readonly privateMacAddress: string;
    readonly privateIp: string;
    readonly publicIp: string;
    readonly vlan: number;
    readonly networkIndex: number;
  };
  readonly userData?: string | undefined;
  readonly launchIndex?: string | undefined;
  readonly platform?: string | undefined;
  readonly groupNames: readonly string[];
}

/**
 * The domain form of ncRunInstance.
 * @throws Wire.MalformedMessage naming the field
 */
export function launchRequestOf(request: WireLaunch): LaunchRequest {
  const { netParams, instanceType } = request;
  need(isInstanceId(request.instanceId), 'instanceId');
  need(MAC.test(netParams.privateMacAddress), 'netParams/privateMacAddress');
  need(isIPv4(netParams.privateIp), 'netParams/privateIp');
  need(isIPv4(netParams.publicIp), 'netParams/publicIp');
  const publicKey = request.keyName.trim();
  need(PUBLIC_KEY.test(publicKey), 'keyName');
  const launch = launchRequestSchema.safeParse({
    instanceId: request.instanceId,
    reservationId: request.reservationId,
    imageId: request.imageId,
    ...optional('kernelId', request.kernelId),
    ...optional('ramdiskId', request.ramdiskId),
    imageUrl: request.imageURL,
    ...optional('kernelUrl', request.kernelURL),
    ...optional('ramdiskUrl', request.ramdiskURL),
    ownerId: request.ownerId,
    ...optional('accountId', request.accountId),
    ...optional('uuid', request.uuid),
    ...optional('expiryTime', request.expiryTime),
    ...(request.groupIds === undefined || request.groupIds.length === 0 ? {} : { groupIds: [...request.groupIds] }),
    publicKey,
    type: {
      name: instanceType.name ?? 'unknown',
      memoryMb: instanceType.memory,
      cores: instanceType.cores,
      diskGb: instanceType.disk ?? 0,
    },
    network: {
      mac: netParams.privateMacAddress,
      privateIp: netParams.privateIp,
      publicIp: netParams.publicIp,
      vlan: netParams.vlan,
      networkIndex: netParams.networkIndex,
    },
    userData: userDataOf(request.userData ?? ''),
    launchIndex: request.launchIndex ?? '0',
    ...optional('platform', request.platform),
    groupNames: [...request.groupNames],
  });
  if (launch.success) return launch.data;
  const path = launch.error.issues[0]?.path.join('/') ?? '';
  throw new MalleeError('Wire.MalformedMessage', `ncRunInstance: ${path} is not valid`);
}

function userDataOf(text: string): string {
  need(BASE64.test(text), 'userData');
  const decoded = Buffer.from(text, 'base64');
  need(decoded.length <= USER_DATA_BYTES, `userData (${decoded.length} bytes)`);
  return decoded.toString('base64');
}

/** Originals send an empty string where they have nothing. */
function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined || value === '' ? {} : { [name]: value };
}

function need(condition: boolean, field: string): void {
  if (!condition) throw new MalleeError('Wire.MalformedMessage', `ncRunInstance: ${field} is not valid`);
}
