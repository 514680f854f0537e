import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMalleeError, MalleeError } from '@mallee/errors';
import { requireProgram, runCommand } from '@mallee/processes';

const DEPENDS_ONLY = [
  '--recurse',
  '--no-recommends',
  '--no-suggests',
  '--no-conflicts',
  '--no-breaks',
  '--no-replaces',
  '--no-enhances',
];

/** Large packages, slow mirrors and slow disks; in milliseconds. */
const PATIENCE = { timeoutMs: 300_000 };

/** Access to Debian or Ubuntu packages by apt, without installing any and without touching the lists of the system. */
export class DebianPackages {
  readonly #directory: string;
  #aptOptions: string[] = [];
  #updated = false;

  /** `directory`: an existing work folder for lists, downloads and unpacked files. */
  constructor(directory: string) {
    this.#directory = directory;
    // As root, apt would download as user _apt, who may not enter the work folder.
    if (process.getuid?.() === 0) this.#aptOptions = ['-o', 'APT::Sandbox::User=root'];
  }

  /** Names of a package and of all it depends on; empty if apt does not know it. */
  async closure(name: string): Promise<string[]> {
    const output = await this.#aptCache(['depends', ...DEPENDS_ONLY, name]);
    return output.split('\n').filter((line) => /^[a-z0-9][a-z0-9+.-]*$/.test(line));
  }

  /** Like closure, but fetches the package lists into the work folder if apt does not know the package. */
  async requireClosure(name: string): Promise<string[]> {
    const known = await this.closure(name);
    if (known.length > 0) return known;
    await this.#update();
    return this.closure(name);
  }

  /** Downloads the packages and unpacks them over each other; returns the folder. Throws `Platform.PackageUnavailable`. */
  async unpack(names: readonly string[], folder: string): Promise<string> {
    const downloads = await this.#download(names, `${folder}.debs`);
    const target = join(this.#directory, folder);
    await mkdir(target, { recursive: true });
    const dpkgDeb = requireProgram('dpkg-deb', 'dpkg');
    for (const file of downloads) await runCommand(dpkgDeb, ['-x', file, target], PATIENCE);
    return target;
  }

  async #download(names: readonly string[], folder: string): Promise<string[]> {
    const target = join(this.#directory, folder);
    await mkdir(target, { recursive: true });
    const aptGet = requireProgram('apt-get', 'apt');
    const attempt = () => runCommand(aptGet, [...this.#aptOptions, 'download', ...names], { cwd: target, ...PATIENCE });
    try {
      // Old lists name versions that the mirror has already replaced: one more try with fresh ones.
      await attempt().catch(async () => {
        await this.#update();
        return attempt();
      });
    } catch (cause) {
      const reason = isMalleeError(cause) ? cause.message : String(cause);
      throw new MalleeError('Platform.PackageUnavailable', `cannot download ${names.join(', ')}: ${reason}`, { cause });
    }
    const files = await readdir(target);
    return files.filter((file) => file.endsWith('.deb')).map((file) => join(target, file));
  }

  async #aptCache(args: readonly string[]): Promise<string> {
    const aptCache = requireProgram('apt-cache', 'apt');
    return runCommand(aptCache, [...this.#aptOptions, ...args], PATIENCE).catch(() => '');
  }

  /** Fetches package lists into the work folder: works without root and leaves the lists of the system alone. */
  async #update(): Promise<void> {
    if (this.#updated) return;
    this.#updated = true;
    const lists = join(this.#directory, 'lists');
    const cache = join(this.#directory, 'cache');
    await mkdir(join(lists, 'partial'), { recursive: true });
    await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
    const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`];
    const aptGet = requireProgram('apt-get', 'apt');
    try {
      await runCommand(aptGet, [...this.#aptOptions, ...own, 'update'], PATIENCE);
      this.#aptOptions = [...this.#aptOptions, ...own];
    } catch {
      // Without network: the download that follows fails and names the packages.
    }
  }
}
