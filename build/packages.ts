import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { repository } from './bundle.ts';
import { buildApk } from './package/apk.ts';
import { billOfMaterials, licences } from './package/contents.ts';
import { sourceDate } from './package/date.ts';
import { buildDeb } from './package/deb.ts';
import { describePackage } from './package/description.ts';
import { buildRpm } from './package/rpm.ts';
import { stage } from './package/stage.ts';
import { missingTools } from './package/tools.ts';

// `npm run package`: what is in dist/ as .deb, .rpm, .apk and .tar.xz, with checksums, licences and a bill of materials.

const dist = `${repository}/dist`;
const work = `${dist}/work`;
const output = `${dist}/packages`;

if (!existsSync(`${dist}/lx-agent`)) {
  console.error('there is no dist/lx-agent; run npm run build first');
  process.exit(1);
}
const missing = missingTools();
if (missing.length > 0) {
  for (const { program, from } of missing) console.error(`there is no ${program}; Debian has it in ${from}`);
  console.error('lintian and rpmlint check what is made: npm run test:boot runs them');
  process.exit(1);
}
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });

const description = describePackage(licences());
const { name, version } = description;
const materials = `${output}/${name}-${version}.spdx.json`;
writeFileSync(materials, billOfMaterials());
const made = [
  buildDeb(description, work, output),
  buildRpm(description, work, output),
  buildApk(description, output),
  archive(),
  materials,
];
const sums = made.map(
  (path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${basename(path)}\n`,
);
writeFileSync(`${output}/SHA256SUMS`, sums.join(''));
for (const path of made) console.log(`dist/packages/${basename(path)}`);

/** The same files as a plain archive, to be laid over a root before `image install`. */
function archive(): string {
  const folder = `${work}/tar`;
  stage(description, folder);
  const path = `${output}/${name}-${version}-linux-x64.tar.xz`;
  execFileSync(
    'tar',
    [
      '--create',
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      `--mtime=@${sourceDate()}`,
      '-I',
      'xz -6 -T2',
      '-f',
      path,
      '.',
    ],
    { cwd: folder, stdio: 'pipe' },
  );
  return path;
}
