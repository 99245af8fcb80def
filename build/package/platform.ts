import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runtimeFiles } from '../../agent/image/runtime.ts';
import { repository } from '../bundle.ts';
import { packFolder } from './archive.ts';
import type { Description, PackageFile } from './description.ts';
import { stage } from './stage.ts';

/** Where a platform has the agent, below the root of its image; zones see it below /native. */
const folder = '/usr/lib/lx-agent';

/**
 * Build the archive that is unpacked into a platform's image: the program, the C library that it runs under, the
 * licences, a manifest, and the checksums of all of them. Gives its path. See docs/platform.md.
 */
export function buildPlatform({ name, version, files }: Description, work: string, output: string): string {
  const staged = `${work}/platform`;
  const dist = `${repository}/dist`;
  const parts: readonly PackageFile[] = [
    { from: { path: `${dist}/lx-agent` }, to: `${folder}/lx-agent`, mode: 0o755 },
    ...runtimeFiles.map((file) => ({
      from: { path: `${dist}/assets/runtime/${file}` },
      to: `${folder}/runtime/${file}`,
      mode: file.startsWith('ld-') ? 0o755 : 0o644,
    })),
    ...files
      .filter(({ to }) => to.endsWith('/licences'))
      .map((licences) => ({ ...licences, to: `${folder}/licences` })),
    { from: { text: manifest(`${dist}/lx-agent`) }, to: `${folder}/manifest`, mode: 0o644 },
  ];
  const sums = parts.map(({ from, to }) => `${digest(from)}  ${to.slice(folder.length + 1)}\n`);
  stage(
    { files: [...parts, { from: { text: sums.join('') }, to: `${folder}/SHA256SUMS`, mode: 0o644 }] },
    staged,
  );
  const path = `${output}/${name}-${version}-platform.tar.xz`;
  packFolder(staged, path);
  return path;
}

/** What the platform carries, a fact on each line, in the form of the manifest in an image. */
function manifest(program: string): string {
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().replace('lx-agent ', '');
  return `# The lx-agent that this platform carries.\nagent=${version}\n`;
}

function digest(from: PackageFile['from']): string {
  const content = 'path' in from ? readFileSync(from.path) : from.text;
  return createHash('sha256').update(content).digest('hex');
}
