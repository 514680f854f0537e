import { MalleeError } from '@mallee/errors';
import type { EucalyptusNCTypes_4_4 as Nc } from '@mallee/wsdl-types';

type Request = Pick<
  Nc.NcRunInstanceType,
  'imageId' | 'imageURL' | 'kernelId' | 'kernelURL' | 'ramdiskId' | 'ramdiskURL'
> & {
  readonly instanceType: Pick<Nc.VirtualMachineType, 'virtualBootRecord'>;
  readonly services: Nc.NcRunInstanceType['services'];
};

/** What an instance boots from, by id and address of the manifest. */
export interface BootImages {
  readonly imageId: string;
  readonly imageURL: string;
  readonly kernelId: string | undefined;
  readonly kernelURL: string | undefined;
  readonly ramdiskId: string | undefined;
  readonly ramdiskURL: string | undefined;
}

/** Records of the boot list that need nothing from the node: the one disk of a guest has the size that its type says. */
const WITHOUT_SOURCE = /^(?:ephemeral|swap|boot)/;

/**
 * The images of a launch: those of the elements of their own where they are given, else of the list of boot records, as 3.x and later
 * cluster controllers send them. Types and formats are compared by their beginning, as the originals do.
 *
 * @throws Wire.MalformedMessage when there is no machine image or more than one; Wire.OperationNotSupported for a root volume
 */
export function bootImages({ instanceType, services, ...request }: Request): BootImages {
  const records = instanceType.virtualBootRecord;
  const odd = records.find(({ type = '' }) => !/^(?:machine|kernel|ramdisk)/.test(type) && !WITHOUT_SOURCE.test(type));
  if (odd?.type?.startsWith('ebs') === true) {
    throw new MalleeError('Wire.OperationNotSupported', 'ncRunInstance: instances do not boot from volumes');
  }
  if (odd !== undefined) malformed(`virtualBootRecord/type ${(odd.type ?? '').slice(0, 40)}`);
  const named = (kind: string): { id?: string | undefined; url?: string | undefined } => {
    const [found, second] = records.filter(({ type = '' }) => type.startsWith(kind));
    if (second !== undefined) malformed(`virtualBootRecord (two of type ${kind})`);
    if (found === undefined) return {};
    return { id: found.id === 'none' ? undefined : found.id, url: addressOf(found.resourceLocation ?? '', services) };
  };
  const [machine, kernel, ramdisk] = [named('machine'), named('kernel'), named('ramdisk')];
  return {
    imageId: given(request.imageId) ?? machine.id ?? malformed('imageId'),
    imageURL: given(request.imageURL) ?? machine.url ?? malformed('imageURL'),
    kernelId: given(request.kernelId) ?? kernel.id,
    kernelURL: given(request.kernelURL) ?? kernel.url,
    ramdiskId: given(request.ramdiskId) ?? ramdisk.id,
    ramdiskURL: given(request.ramdiskURL) ?? ramdisk.url,
  };
}

/** `objectstorage://` and the older `walrus://` stand for the address of that service in the base elements of the message. */
function addressOf(location: string, services: Request['services']): string {
  const match = /^(objectstorage|walrus):\/\/(.*)$/s.exec(location);
  if (match === null) return location;
  const base = services.find(({ type }) => type === match[1])?.uris[0];
  if (base === undefined) malformed(`virtualBootRecord/resourceLocation (no service ${match[1] ?? ''} is named)`);
  return `${base.replace(/\/+$/, '')}/${(match[2] ?? '').replace(/^\/+/, '')}`;
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function malformed(what: string): never {
  throw new MalleeError('Wire.MalformedMessage', `ncRunInstance: ${what} is not valid`);
}
