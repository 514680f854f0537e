import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const top = join(import.meta.dirname, '../..');

interface Workspace {
  readonly name: string;
  readonly directory: string;
  readonly isPackage: boolean;
  readonly dependencies: ReadonlySet<string>;
  readonly testDependencies: ReadonlySet<string>;
}

function workspaces(): Workspace[] {
  const folders = ['packages', 'services'].flatMap((group) =>
    readdirSync(join(top, group)).map((name) => join(group, name)),
  );
  return [...folders, 'cli'].map((folder) => {
    const directory = join(top, folder);
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return {
      name: manifest.name,
      directory,
      isPackage: folder.startsWith('packages'),
      dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
      testDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
    };
  });
}

function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/(^|\/)(dist|node_modules)\//.test(name))
    .map((name) => join(directory, name));
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
}

const isTest = (file: string): boolean => /\.test\.ts$|\/test-support\//.test(file);

describe.each(workspaces())('$name', ({ directory, isPackage, dependencies, testDependencies }) => {
  it('has a README', () => {
    expect(existsSync(join(directory, 'README.md'))).toBe(true);
  });

  it('imports only what its package.json names, and packages never import services', () => {
    const wrong = sources(join(directory, 'src')).flatMap((file) =>
      imports(file)
        .filter((target) => target.startsWith('@mallee/'))
        .filter((target) => {
          const known =
            dependencies.has(target) ||
            (isTest(file) && (testDependencies.has(target) || target === '@mallee/testing'));
          return !known || !existsSync(join(top, 'packages', target.slice('@mallee/'.length)));
        })
        .map((target) => `${relative(top, file)} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps relative imports inside its own folder', () => {
    const wrong = sources(join(directory, 'src')).flatMap((file) =>
      imports(file)
        .filter((target) => target.startsWith('.'))
        .filter((target) => relative(directory, join(file, '..', target)).startsWith('..'))
        .map((target) => `${relative(top, file)} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has its references in tsconfig.json equal to its workspace dependencies', () => {
    const { references } = JSON.parse(readFileSync(join(directory, 'tsconfig.json'), 'utf8'));
    const referenced = references.map(
      ({ path }: { path: string }) => `@mallee/${join(directory, path).split('/').at(-1)}`,
    );
    const wanted = [...dependencies].filter((name) => name.startsWith('@mallee/'));
    expect(referenced.sort()).toEqual(wanted.sort());
    if (isPackage) expect(wanted.every((name) => existsSync(join(top, 'packages', name.slice(8))))).toBe(true);
  });
});

describe('the tree', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: top, encoding: 'utf8' }).split('\n').filter(Boolean);

  it('has no source file over 30 KB that is not generated', () => {
    const large = tracked.filter(
      (file) => file.endsWith('.ts') && !file.includes('/generated/') && statSync(join(top, file)).size > 30_000,
    );
    expect(large).toEqual([]);
  });

  it('names no package registry and no download address in the lock file', () => {
    expect(readFileSync(join(top, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/);
  });

  it('has no left-over marks', () => {
    const marked = tracked
      .filter((file) => /\.(ts|js|sh)$/.test(file) && file !== 'test/style/structure.test.ts')
      .filter((file) => /\b(TODO|FIXME|XXX|HACK)\b/.test(readFileSync(join(top, file), 'utf8')));
    expect(marked).toEqual([]);
  });
});
