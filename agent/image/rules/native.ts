import { ldConfig } from '../ld-config.ts';
import type { Rule } from '../rule.ts';
import type { Want } from '../want.ts';

/** The platform's metadata commands, under the names that scripts call. */
export const metadataLinks: readonly { readonly link: string; readonly target: string }[] = [
  'mdata-get',
  'mdata-put',
  'mdata-delete',
  'mdata-list',
].map((name) => ({ link: `/usr/sbin/${name}`, target: `/native/usr/sbin/${name}` }));

export const nativeRules: readonly Rule[] = [
  {
    id: 'runtime-linker',
    category: 'native-runtime',
    summary: 'library search paths below /native for illumos programs',
    reason: 'without them an illumos program finds the Linux /lib and cannot start',
    source: 'RFD 15; crle(1); create-lx-image',
    wants: [
      { directory: '/var/ld/64', mode: 0o755 },
      { file: '/var/ld/ld.config', content: ldConfig(32) },
      { file: '/var/ld/64/ld.config', content: ldConfig(64) },
    ],
  },
  {
    id: 'metadata-commands',
    category: 'native-links',
    summary: 'mdata-get and its like on the PATH',
    reason: 'scripts of customers and of the platform call them',
    source: 'RFD 15; lx-brand-image-tests native_symlinks',
    wants: metadataLinks,
  },
  {
    id: 'manual-path',
    category: 'native-links',
    summary: "the platform's manual pages on MANPATH",
    reason: 'the native commands have their pages there',
    source: 'RFD 15; lx-brand-image-tests manpages',
    wants: ({ distribution }): Want[] => [
      {
        file: '/etc/profile.d/native_manpath.sh',
        content: 'export MANPATH=$MANPATH:/native/usr/share/man\n',
      },
      ...(distribution.family === 'gentoo'
        ? [{ file: '/etc/env.d/99native', content: 'MANPATH="/native/usr/share/man"\n' }]
        : []),
    ],
  },
];
