import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { sourceDate } from './date.ts';
import type { Description } from './description.ts';
import { put, stage } from './stage.ts';

/** Why each of lintian's complaints is as it should be here. */
const overrides = [
  "# The program is Node.js' official binary with ours injected.",
  'hardening-no-pie',
  '# The private C library is for images whose own cannot carry the program: no search path leads to it, and so no',
  '# dependency does either. The loader among it is run as a program.',
  'shared-library-is-executable',
  'shared-library-lacks-prerequisites',
  'undeclared-elf-prerequisites',
  'embedded-library',
  '# The probe of the kernel runs before anything else in a boot, and has no C library.',
  'statically-linked-binary',
  '# image check and prepare read an image whose dpkg cannot be run: its machine may be another.',
  'uses-dpkg-database-directly',
];

/** Build a .deb with dpkg-deb(1), below `work`; answers with its path in `output`. */
export function buildDeb(description: Description, work: string, output: string): string {
  const folder = `${work}/deb`;
  stage([...description.files, ...description.systemdFiles], folder);
  const { name, version } = description;
  const text = (path: string, content: string | Buffer, mode = 0o644) =>
    put(`${folder}${path}`, { text: content }, mode);
  text(
    `/usr/share/lintian/overrides/${name}`,
    `${overrides.map((line) => (line.startsWith('#') ? line : `${name}: ${line}`)).join('\n')}\n`,
  );
  const date = new Date(sourceDate() * 1000).toUTCString().replace('GMT', '+0000');
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
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z4', '--build', folder, path], {
    stdio: 'pipe',
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate()) },
  });
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
