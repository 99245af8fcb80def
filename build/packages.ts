import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { repository } from './bundle.ts';
import { buildApk } from './package/apk.ts';
import { packFolder } from './package/archive.ts';
import { billOfMaterials, licences } from './package/contents.ts';
import { buildDeb } from './package/deb.ts';
import { describePackage } from './package/description.ts';
import { buildPlatform } from './package/platform.ts';
import { buildRpm } from './package/rpm.ts';
import { stage } from './package/stage.ts';
import { missingTools } from './package/tools.ts';
import { digestsOf, sumsText } from './release/digests.ts';

// `npm run package`: what is in dist/ as .deb, .rpm, .apk, .tar.xz and the platform's archive, with checksums, licences and a bill of materials.

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
  buildPlatform(description, work, output),
  materials,
];
writeFileSync(`${output}/SHA256SUMS`, sumsText(digestsOf(output)));
for (const path of made)
  console.log(`dist/packages/${basename(path)}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);

/** The same files as a plain archive, to be laid over a root before `image install`. */
function archive(): string {
  const folder = `${work}/tar`;
  stage([...description.files, ...description.systemdFiles], folder);
  const path = `${output}/${name}-${version}-linux-x64.tar.xz`;
  packFolder(folder, path);
  return path;
}
