import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runWell } from '../support/run.js';
import type { Call, Outcome, Stack, Target } from '../support/stack.js';

const SHARE = '/usr/share/gsoap';
const PLUGINS = ['wsseapi.c', 'wsaapi.c', 'smdevp.c', 'mecevp.c', 'threads.c'].map((file) =>
  join(SHARE, 'plugin', file),
);
/** As pkg-config says of gsoapssl. */
const DEFINES = ['-DWITH_IPV6', '-DWITH_OPENSSL', '-DWITH_GZIP', '-DWITH_DOM'];
const LIBRARIES = ['-lgsoapssl', '-lssl', '-lcrypto', '-lpthread'];

export interface GsoapSources {
  /** Prefix of the generated names and name of our C file. */
  readonly service: 'nc' | 'cc';
  readonly dialect: '2.0' | '4.4';
}

/**
 * gSOAP: wsdl2h and soapcpp2 make C of the WSDL that the endpoint serves; the wsse plug-in signs, the wsa plug-in addresses. It can sign
 * everything that profile body-timestamp asks for: the addressing headers, too, when they are named with soap_wsse_set_wsu_id.
 */
export class Gsoap implements Stack {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  /** Generates, compiles and links in `directory`. */
  static async build(directory: string, wsdlUrl: string, { service, dialect }: GsoapSources): Promise<Gsoap> {
    mkdirSync(directory, { recursive: true });
    await runWell('wsdl2h', ['-c', '-x', '-N', service, '-o', 'service.h', wsdlUrl], { cwd: directory });
    const header = readFileSync(join(directory, 'service.h'), 'utf8');
    writeFileSync(join(directory, 'signed.h'), `#import "wsse.h"\n#import "wsa5.h"\n${header}`);
    const generate = ['-c', '-x', '-L', `-I${SHARE}/import`, 'signed.h'];
    await runWell('soapcpp2', generate, { cwd: directory });
    const table = readdirSync(directory).find((name) => name.endsWith('.nsmap')) ?? '';
    copyFileSync(join(directory, table), join(directory, 'service.nsmap'));
    const own = ['peer.c', `${service}.c`].map((file) => join(import.meta.dirname, file));
    const sources = ['soapC.c', 'soapClient.c', ...own, ...PLUGINS, join(SHARE, 'custom/struct_timeval.c')];
    const flags = ['-O0', '-w', ...DEFINES, ...(dialect === '4.4' ? ['-DDIALECT_4_4'] : [])];
    const include = ['-I.', `-I${import.meta.dirname}`, `-I${SHARE}`, `-I${SHARE}/plugin`];
    await runWell('gcc', [...flags, ...include, '-o', 'peer', ...sources, ...LIBRARIES], { cwd: directory });
    return new Gsoap(join(directory, 'peer'));
  }

  async call(target: Target, calls: readonly Call[]): Promise<Outcome[]> {
    const { url, key, certificate, peer, suite, signing } = target;
    const outcomes: Outcome[] = [];
    for (const { operation, fields } of calls) {
      const instance = typeof fields['instanceId'] === 'string' ? fields['instanceId'] : '';
      const end = await run(this.#program, [url, key, certificate, peer, suite, signing, operation, instance]);
      if (end.stdout === '') throw new Error(`${operation}: ${end.stderr}`);
      const { error, detail, ...reply } = JSON.parse(end.stdout) as { error?: string; detail?: string };
      if (error === undefined) outcomes.push({ operation, reply });
      else outcomes.push({ operation, error: `${error} ${detail ?? ''}` });
    }
    return outcomes;
  }
}
