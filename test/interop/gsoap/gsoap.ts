import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

export interface GsoapServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

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
  readonly #directory: string;
  readonly #flags: readonly string[];

  private constructor(directory: string, { dialect }: GsoapSources) {
    this.#directory = directory;
    const include = ['.', import.meta.dirname, SHARE, join(SHARE, 'plugin')].map((path) => `-I${path}`);
    this.#flags = ['-O0', '-w', ...DEFINES, ...(dialect === '4.4' ? ['-DDIALECT_4_4'] : []), ...include];
  }

  /** Generates, compiles and links the client in `directory`. */
  static async build(directory: string, wsdlUrl: string, sources: GsoapSources): Promise<Gsoap> {
    mkdirSync(directory, { recursive: true });
    const gsoap = new Gsoap(directory, sources);
    await runWell('wsdl2h', ['-c', '-x', '-N', sources.service, '-o', 'service.h', wsdlUrl], { cwd: directory });
    const header = readFileSync(join(directory, 'service.h'), 'utf8');
    writeFileSync(join(directory, 'signed.h'), `#import "wsse.h"\n#import "wsa5.h"\n${header}`);
    await runWell('soapcpp2', ['-c', '-x', '-L', `-I${SHARE}/import`, 'signed.h'], { cwd: directory });
    const table = readdirSync(directory).find((name) => name.endsWith('.nsmap')) ?? '';
    copyFileSync(join(directory, table), join(directory, 'service.nsmap'));
    const own = join(import.meta.dirname, 'peer.c');
    await gsoap.#gcc(['-c', 'soapC.c', ...PLUGINS, join(SHARE, 'custom/struct_timeval.c'), own]);
    await gsoap.#link('client', `${sources.service}.c`, 'soapClient.c');
    return gsoap;
  }

  /** Links and starts server.c, a node controller; ends the process with `stop`. */
  async serve({ key, certificate, peer, suite }: Omit<Target, 'url' | 'wsdlUrl' | 'signing'>): Promise<GsoapServer> {
    await this.#link('server', 'server.c', 'soapServer.c');
    const args = ['none', key, certificate, peer, suite, 'profile', 'none', 'none'];
    const child = spawn(join(this.#directory, 'server'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = `http://127.0.0.1:${line.toString().trim()}/axis2/services/EucalyptusNC`;
    const stop = async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    };
    return { url, stop };
  }

  async call(target: Target, calls: readonly Call[]): Promise<Outcome[]> {
    const { url, key, certificate, peer, suite, signing } = target;
    const outcomes: Outcome[] = [];
    for (const { operation, fields } of calls) {
      const instance = typeof fields['instanceId'] === 'string' ? fields['instanceId'] : '';
      const end = await run(join(this.#directory, 'client'), [
        url,
        key,
        certificate,
        peer,
        suite,
        signing,
        operation,
        instance,
      ]);
      if (end.stdout === '') throw new Error(`${operation}: ${end.stderr}`);
      const { error, detail, ...reply } = JSON.parse(end.stdout) as { error?: string; detail?: string };
      if (error === undefined) outcomes.push({ operation, reply });
      else outcomes.push({ operation, error: `${error} ${detail ?? ''}` });
    }
    return outcomes;
  }

  async #link(program: string, own: string, generated: string): Promise<void> {
    const objects = readdirSync(this.#directory).filter((name) => name.endsWith('.o'));
    await this.#gcc(['-o', program, join(import.meta.dirname, own), generated, ...objects, ...LIBRARIES]);
  }

  async #gcc(args: readonly string[]): Promise<void> {
    await runWell('gcc', [...this.#flags, ...args], { cwd: this.#directory });
  }
}
