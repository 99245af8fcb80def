import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { sourceDate } from './date.ts';
import type { Description } from './description.ts';
import { stage } from './stage.ts';

/** Build an .rpm with rpmbuild(8), below `work`; answers with its path in `output`. Red Hat 6 can still read it. */
export function buildRpm(description: Description, work: string, output: string): string {
  const folder = `${work}/rpm`;
  const root = `${folder}/root`;
  stage([...description.files, ...description.systemdFiles], root);
  const spec = `${folder}/lx-agent.spec`;
  writeFileSync(spec, specification(description));
  mkdirSync(`${folder}/out`, { recursive: true });
  execFileSync(
    'rpmbuild',
    [
      '-bb',
      '--target',
      'x86_64-linux',
      '--define',
      `_topdir ${folder}/top`,
      '--define',
      `_rpmdir ${folder}/out`,
      '--define',
      `staged ${root}`,
      spec,
    ],
    { stdio: 'pipe', env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate()) } },
  );
  const name = readdirSync(`${folder}/out/x86_64`)[0];
  if (name === undefined) throw new Error('rpmbuild left no package');
  renameSync(`${folder}/out/x86_64/${name}`, `${output}/${name}`);
  return `${output}/${name}`;
}

/** Nothing may be stripped, split off or compressed behind our back, and the private C library is nobody's dependency. */
function specification(described: Description): string {
  const { name, version, summary, description, license, maintainer, homepage, scripts } = described;
  const listed = [...described.files, ...described.systemdFiles].map((file) => {
    if ('link' in file) return file.to;
    const { to, mode, configuration } = file;
    const kind =
      configuration === true ? '%config(noreplace) ' : to.startsWith('/usr/share/doc') ? '%doc ' : '';
    return `%attr(0${mode.toString(8)},root,root) ${kind}${to}`;
  });
  return `%global debug_package %{nil}
%global __strip /bin/true
%global __os_install_post %{nil}
%global _build_id_links none
%define _binary_payload w4.xzdio
%define _buildhost localhost
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _source_filedigest_algorithm 8
%define _binary_filedigest_algorithm 8

Name: ${name}
Version: ${version}
Release: 1
Summary: ${summary.replace(/^./, (letter) => letter.toUpperCase())}
License: ${license}
URL: ${homepage}
Packager: ${maintainer}
Group: System Environment/Base
BuildArch: x86_64
AutoReqProv: no

%description
${description.join('\n')}

%install
mkdir -p %{buildroot}
cp -a %{staged}/. %{buildroot}/

%post
${scripts.installed} > /dev/null

%preun
if [ "$1" = 0 ]; then
    ${scripts.removing} > /dev/null
fi

%files
%dir /usr/lib/lx-agent
%dir /usr/lib/lx-agent/runtime
%dir /usr/share/doc/lx-agent
${listed.join('\n')}

%changelog
* ${new Date(sourceDate() * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+).*/, '$1 $3 $2 $4')} ${maintainer} - ${version}-1
- Version ${version}.
`;
}
