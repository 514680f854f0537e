import type { CataloguePart } from '../entry.js';

export const storage = {
  'Storage.VolumeExists': {
    family: 'storage',
    status: 409,
    cause: 'A volume of that id exists.',
    remedy: 'Use a new id.',
  },
  'Storage.VolumeNotFound': {
    family: 'storage',
    status: 404,
    cause: 'The volume does not exist.',
    remedy: 'Check the id.',
  },
  'Storage.VolumeBusy': {
    family: 'storage',
    status: 409,
    cause: 'The volume is in use or in a transition.',
    remedy: 'Wait until it is available.',
  },
  'Storage.NoSpace': {
    family: 'storage',
    status: 507,
    cause: 'There is not enough room for the volume.',
    remedy: 'Free space or use a smaller volume.',
  },
  'Storage.InvalidSize': {
    family: 'storage',
    status: 400,
    cause: 'The size is not a whole number of GiB within the limits.',
    remedy: 'Use a size from 1 up to the limit.',
  },
  'Storage.SnapshotNotFound': {
    family: 'storage',
    status: 404,
    cause: 'The snapshot does not exist.',
    remedy: 'Check the id.',
  },
  'Storage.VolumeLost': {
    family: 'storage',
    status: 500,
    cause: 'The file of the volume is missing or does not have the size of the volume.',
    remedy: 'Put the file back into the volumes directory, or delete the volume.',
  },
  'Storage.FileSystemFailed': {
    family: 'storage',
    status: 500,
    cause: 'The file system of the volumes reported an error.',
    remedy: 'Read the error in the message; check mount, permissions and the disk.',
  },
  'Storage.WrongDirectory': {
    family: 'storage',
    status: 500,
    cause: 'The volumes directory is not the one that the database of the storage controller describes.',
    remedy: 'Mount the right directory, or correct volumesDirectory or databaseUrl in the configuration.',
  },
} as const satisfies CataloguePart;
