import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { unitText } from '../../agent/image/assets.ts';
import { commandTarget, privateCommand } from '../../agent/image/install.ts';
import { kernelProbe } from '../../agent/image/kernel-probe.ts';
import { commandPath } from '../../agent/image/running-program.ts';
import { runtimeFiles, runtimeFolder } from '../../agent/image/runtime.ts';
import { kernelProbePath } from '../../agent/image/units.ts';
import { packageDescription, repository } from '../bundle.ts';

/** What every package says of itself. */
export interface Description {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly description: readonly string[];
  readonly license: string;
  readonly maintainer: string;
  readonly homepage: string;
  /** Of every package. */
  readonly files: readonly PackageFile[];
  /** Beside them in the .deb, the .rpm and the .tar.xz. */
  readonly systemdFiles: readonly (PackageFile | PackageLink)[];
  /** Beside them in the .apk: Alpine has OpenRC, and a C library that cannot carry the program. */
  readonly alpineFiles: readonly PackageFile[];
  /** Shell commands, by when they are run; the same in every format. */
  readonly scripts: { readonly installed: string; readonly removing: string };
}

export interface PackageFile {
  /** Where it is now, or what it holds. */
  readonly from: { readonly path: string } | { readonly text: string | Buffer };
  readonly to: string;
  readonly mode: number;
  /** The package manager asks, or keeps it, when somebody has changed it. */
  readonly configuration?: boolean;
}

export interface PackageLink {
  readonly link: string;
  readonly to: string;
}

const copyright = `lx-agent, the boot agent of SmartOS and Triton lx zones
Copyright (C) 2026 the authors of lx-agent

This Source Code Form is subject to the terms of the Mozilla Public License,
version 2.0. On Debian systems its text is in
/usr/share/common-licenses/MPL-2.0; it is also at the head of the file
"licences" beside this one, which has the licences of everything that is
inside the program or comes with it: Node.js and its parts, the libraries from
npm, and the C library in /usr/lib/lx-agent/runtime.
`;

/** Under the loader and the C library that the package brings, it runs on every distribution. */
const program = `${runtimeFolder}/${runtimeFiles[0]} --library-path ${runtimeFolder} /usr/lib/lx-agent/lx-agent`;

/**
 * A package must name somebody with an address. Whoever publishes the packages names themselves (LX_AGENT_MAINTAINER,
 * or the author in package.json); until then the address is one that nobody can have (RFC 2606).
 */
function withAddress(author: string): string {
  return /<\S+@\S+>/.test(author) ? author : `${author} <lx-agent@packages.invalid>`;
}

/**
 * What an installation lays down whatever the root is, so that the package owns it. Where the image's C library is too
 * old, the installation puts a script in the place of the command.
 */
const systemdFiles: readonly (PackageFile | PackageLink)[] = [
  { link: commandTarget, to: commandPath },
  { from: { text: kernelProbe() }, to: kernelProbePath, mode: 0o755 },
  unit('lx-agent-early.service', 'system/lx-agent-early.service'),
  unit('lx-agent-late.service', 'system/lx-agent-late.service'),
  unit('lx-agent.preset', 'system-preset/00-lx-agent.preset'),
  unit('lx-agent-generator', 'system-generators/lx-agent', 0o755),
  {
    link: '../system-generators/lx-agent',
    to: '/usr/lib/systemd/user-generators/lx-agent',
  },
];

function unit(name: string, to: string, mode = 0o644): PackageFile {
  return { from: { text: unitText(`systemd/${name}`) }, to: `/usr/lib/systemd/${to}`, mode };
}

/** One description for .deb, .rpm, .apk and .tar.xz, from what the build has left in dist/. */
export function describePackage(licences: string): Description {
  const dist = `${repository}/dist`;
  const { version, license, author } = packageDescription();
  const asset = (name: string, to: string, mode = 0o644): PackageFile => ({
    from: { path: `${dist}/assets/${name}` },
    to,
    mode,
  });
  return {
    name: 'lx-agent',
    version,
    summary: 'boot agent of SmartOS and Triton lx zones',
    description: [
      "Reads an instance's metadata at boot and makes the instance itself: its name,",
      'resolvers, network files, SSH keys and scripts. For images of lx zones.',
    ],
    license,
    maintainer: process.env.LX_AGENT_MAINTAINER ?? withAddress(author),
    homepage: 'https://tritondatacenter.com',
    files: [
      { from: { path: `${dist}/lx-agent` }, to: '/usr/lib/lx-agent/lx-agent', mode: 0o755 },
      ...runtimeFiles.map((name) =>
        asset(`runtime/${name}`, `${runtimeFolder}/${name}`, name.startsWith('ld-') ? 0o755 : 0o644),
      ),
      { ...asset('lx-agent.ini', '/etc/lx-agent.ini'), configuration: true },
      ...['man/man8/lx-agent.8', 'man/man5/lx-agent.ini.5'].map((name) => ({
        from: { text: gzipSync(readFileSync(`${dist}/assets/share/${name}`), { level: 9 }) },
        to: `/usr/share/${name}.gz`,
        mode: 0o644,
      })),
      ...[
        'bash-completion/completions/lx-agent',
        'zsh/site-functions/_lx-agent',
        'fish/vendor_completions.d/lx-agent.fish',
      ].map((name) => asset(`share/${name}`, `/usr/share/${name}`)),
      { from: { text: copyright }, to: '/usr/share/doc/lx-agent/copyright', mode: 0o644 },
      { from: { text: licences }, to: '/usr/share/doc/lx-agent/licences', mode: 0o644 },
    ],
    systemdFiles,
    alpineFiles: [{ from: { text: privateCommand }, to: commandPath, mode: 0o755 }],
    scripts: {
      // A container may get its init system later, or never: the package is installed all the same.
      installed: `${program} image install --without-init --root /`,
      removing: `${program} image uninstall --root /`,
    },
  };
}
