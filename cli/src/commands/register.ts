import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describeComponents, readCredentialsFile, registerConfigured } from '@mallee/local-cloud';
import { say } from '../progress.js';

interface RegisterOptions {
  url: string;
  credentials: string;
  directory: string;
}

export function defineRegister(program: Command): void {
  program
    .command('register')
    .description('tell a CLC about the walrus, cc and sc that configure wrote (again, if an address or a key changed)')
    .requiredOption('--url <url>', 'the CLC: http://HOST:8773')
    .requiredOption('--credentials <file>', 'admin-credentials.json that the CLC wrote at its first start')
    .requiredOption('--directory <directory>', 'what configure wrote')
    .action(async ({ url, credentials, directory }: RegisterOptions) => {
      const administration = { url, credentials: readCredentialsFile(resolve(credentials)) };
      await registerConfigured(administration, resolve(directory));
      for (const { type, name, url: at } of await describeComponents(administration)) say(`${type} ${name} at ${at}`);
    });
}
