import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Description } from './description.ts';
import { put, stage } from './stage.ts';

/** Why each of lintian's complaints is as it should be here. */
const overrides = [
  '# A single executable application: strip(1) after the injection breaks the program.',
  'unstripped-binary-or-object',
  '# The private C library, for images whose own cannot carry the program; it is not on any search path.',
  'embedded-library',
  'library-not-linked-against-libc',
  'no-shlibs',
  'exit-in-shared-library',
  'shared-library-lacks-stack-section',
  'missing-dependency-on-libc',
  'hardening-no-fortify-functions',
  'hardening-no-relro',
  'hardening-no-pie',
  'hardening-no-bindnow',
  "# The agent's own folder of hooks and its state are made by the program, as in images without packages.",
];

/** Build a .deb with dpkg-deb(1), below `work`; answers with its path in `output`. */
export function buildDeb(description: Description, work: string, output: string): string {
  const folder = `${work}/deb`;
  stage(description, folder);
  const { name, version } = description;
  const text = (path: string, content: string | Buffer, mode = 0o644) =>
    put(`${folder}${path}`, { text: content }, mode);
  for (const page of ['man8/lx-agent.8', 'man5/lx-agent.ini.5']) {
    const path = `/usr/share/man/${page}`;
    text(`${path}.gz`, gzipSync(readFileSync(`${folder}${path}`), { level: 9 }));
    rmSync(`${folder}${path}`);
  }
  text(
    `/usr/share/lintian/overrides/${name}`,
    `${overrides.map((line) => (line.startsWith('#') ? line : `${name}: ${line}`)).join('\n')}\n`,
  );
  const date = new Date().toUTCString().replace('GMT', '+0000');
  text(
    `/usr/share/doc/${name}/changelog.gz`,
    gzipSync(
      `${name} (${version}) unstable; urgency=medium\n\n  * Version ${version}.\n\n -- ${description.maintainer}  ${date}\n`,
      { level: 9 },
    ),
  );

  const { installed, removing } = description.scripts;
  const script = (when: string, command: string) =>
    `#!/bin/sh\nset -e\nif ${when}; then\n    ${command} > /dev/null\nfi\n`;
  text('/DEBIAN/postinst', script('[ "$1" = configure ]', installed), 0o755);
  text('/DEBIAN/prerm', script('[ "$1" = remove ]', removing), 0o755);
  const configuration = description.files.filter((file) => file.configuration === true).map(({ to }) => to);
  text('/DEBIAN/conffiles', configuration.map((path) => `${path}\n`).join(''));
  const installedFiles = listFiles(folder);
  text(
    '/DEBIAN/md5sums',
    installedFiles
      .filter((path) => !configuration.includes(`/${path}`))
      .map(
        (path) =>
          `${createHash('md5')
            .update(readFileSync(`${folder}/${path}`))
            .digest('hex')}  ${path}\n`,
      )
      .join(''),
  );
  const size = installedFiles.reduce(
    (sum, path) => sum + Math.ceil(statSync(`${folder}/${path}`).size / 1024),
    0,
  );
  text(
    '/DEBIAN/control',
    [
      `Package: ${name}`,
      `Version: ${version}`,
      'Architecture: amd64',
      `Maintainer: ${description.maintainer}`,
      `Installed-Size: ${size}`,
      'Section: admin',
      'Priority: optional',
      `Homepage: ${description.homepage}`,
      `Description: ${description.summary}`,
      ...description.description.map((line) => ` ${line}`),
      '',
    ].join('\n'),
  );
  const path = `${output}/${name}_${version}_amd64.deb`;
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', folder, path], { stdio: 'pipe' });
  return path;
}

/** The files of a staged package, without dpkg's own, relative and sorted. */
function listFiles(folder: string): string[] {
  return execFileSync('find', ['.', '-path', './DEBIAN', '-prune', '-o', '-type', 'f', '-print'], {
    cwd: folder,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => path.slice(2))
    .sort();
}
