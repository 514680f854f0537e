export const GIB = 2 ** 30;

export type VolumeStatus = 'creating' | 'available' | 'deleting' | 'deleted' | 'failed';

/** A row of the table `volume`. */
export interface Volume {
  readonly id: string;
  readonly sizeGb: number;
  readonly status: VolumeStatus;
  /** Code of the error catalogue; there when the volume failed, or when a step is being tried again. */
  readonly reasonCode: string | undefined;
  readonly reasonMessage: string | undefined;
  readonly createdAt: Date;
}

export function isVolumeId(text: string): boolean {
  return /^vol-[0-9A-Fa-f]{8}$/.test(text);
}
