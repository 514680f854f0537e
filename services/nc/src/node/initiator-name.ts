import { readFile } from 'node:fs/promises';

/** The iSCSI name of this host as open-iscsi keeps it; empty where there is none. */
export async function initiatorName(file = '/etc/iscsi/initiatorname.iscsi'): Promise<string> {
  try {
    return /^\s*InitiatorName\s*=\s*([\x21-\x7e]{1,223})\s*$/m.exec(await readFile(file, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}
