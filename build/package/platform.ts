import { execFileSync } from 'node:child_process';
import { digestsOf, sumsText } from '../release/digests.ts';
import { packFolder } from './archive.ts';
import type { Description } from './description.ts';
import { put, stage } from './stage.ts';

/** Where a platform has the agent, below the root of its image; zones see it below /native. */
const folder = '/usr/lib/lx-agent';

/**
 * Build the archive that is unpacked into a platform's image: the program and the C library that it runs under, as the
 * packages have them, the licences, a manifest, and the checksums of all of them. Gives its path. See docs/platform.md.
 */
export function buildPlatform({ name, version, files }: Description, work: string, output: string): string {
  const staged = `${work}/platform`;
  const parts = files.flatMap((file) => {
    if (file.to.startsWith(`${folder}/`)) return [file];
    return file.to.endsWith('/licences') ? [{ ...file, to: `${folder}/licences` }] : [];
  });
  stage(parts, staged);
  const text = (path: string, content: string) => put(`${staged}${folder}/${path}`, { text: content }, 0o644);
  text('manifest', manifest(`${staged}${folder}/lx-agent`));
  text('SHA256SUMS', sumsText(digestsOf(`${staged}${folder}`)));
  const path = `${output}/${name}-${version}-platform.tar.xz`;
  packFolder(staged, path);
  return path;
}

/** What the platform carries, a fact on each line, in the form of the manifest in an image. */
function manifest(program: string): string {
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().replace('lx-agent ', '');
  return `# The lx-agent that this platform carries.\nagent=${version}\n`;
}
