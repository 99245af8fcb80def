import { diversions, serviceDiversions } from '../diversions.ts';
import type { Image, Rule } from '../rule.ts';
import type { Want } from '../want.ts';

/** The version of a root's systemd, by the library that all its programs share. */
function systemdVersion({ root }: Image): number | undefined {
  for (const folder of ['/usr/lib/systemd', '/lib/systemd'])
    for (const name of root.list(folder)) {
      const version = /^libsystemd-shared-(\d+)/.exec(name)?.[1];
      if (version !== undefined) return Number(version);
    }
  return undefined;
}

function userManagerInput(image: Image): Want[] {
  const version = systemdVersion(image);
  if (version === undefined || version < 245 || version > 249) return [];
  return [
    { missing: '/etc/systemd/null', content: '' },
    {
      file: '/etc/systemd/system/user@.service.d/lx-agent.conf',
      content: '[Service]\nStandardInput=file:/etc/systemd/null\n',
    },
  ];
}

function withoutDiversions({ root }: Image): Want[] {
  return [
    ...serviceDiversions(root).map(
      ({ path, program }): Want => (program === undefined ? { remove: path } : { move: program, to: path }),
    ),
    { edit: diversions.path, as: diversions.without },
  ];
}

const elogind = ['/lib/elogind/elogind', '/usr/lib/elogind/elogind', '/usr/libexec/elogind'];

/** What image builders do by hand for lx zones. */
export const builderRules: readonly Rule[] = [
  {
    id: 'user-manager-input',
    category: 'services',
    summary: 'user@.service reads an empty file',
    reason:
      'systemd 245 to 249 takes /dev/null of a zone for a terminal; its chown fails, and User= does not work',
    source: 'lx-images, ubuntu 20.04 and 22.04',
    when: { inits: ['systemd'] },
    wants: userManagerInput,
  },
  {
    id: 'void-sysctl',
    category: 'config',
    summary: "Void's own kernel parameters off",
    reason: 'a zone may not set them, and each is an error on the console at each boot',
    source: 'lx-images, void; sysctl.d(5)',
    when: { families: ['void'] },
    wants: [
      {
        link: '/etc/sysctl.d/10-void.conf',
        target: '/dev/null',
        beside: '/usr/lib/sysctl.d/10-void.conf',
      },
    ],
  },
  {
    id: 'makedev',
    category: 'config',
    summary: 'no package makedev',
    reason: 'it makes device nodes when it is installed, which fails in a zone, and the upgrade with it',
    source: 'lx-images, debian, devuan and ubuntu; apt_preferences(5)',
    when: { families: ['debian'] },
    wants: ({ root }) =>
      root.entry('/etc/apt/preferences.d') === undefined
        ? []
        : [
            {
              missing: '/etc/apt/preferences.d/makedev',
              content: 'Package: makedev\nPin: release *\nPin-Priority: -1\n',
            },
          ],
  },
  {
    id: 'elogind',
    category: 'services',
    summary: 'elogind does not run',
    reason: 'it needs control groups and terminals that a zone has not, and logins wait for it',
    source: 'lx-images, devuan',
    when: { inits: ['sysvinit', 'openrc', 'runit'] },
    wants: [
      { stopped: ['elogind'], folders: [2, 3, 4, 5].map((level) => `/etc/rc${level}.d`) },
      ...['sysinit', 'boot', 'default'].map((level) => ({ remove: `/etc/runlevels/${level}/elogind` })),
      { remove: '/etc/runit/runsvdir/default/elogind' },
    ],
    decision: {
      left: ({ root }) =>
        elogind.some((path) => root.entry(path) !== undefined) ? ['elogind is installed'] : [],
      remedy: 'remove the package: D-Bus and its PAM module would start it at a login',
    },
  },
  {
    id: 'diversions',
    category: 'config',
    summary: 'programs that start services are themselves, and no stand-ins of a build',
    reason: "a container build diverts them so that packages start nothing; Upstart's boot needs its initctl",
    source: "Ubuntu's container images; dpkg-divert(1); lx-images, ubuntu",
    when: { families: ['debian'] },
    wants: withoutDiversions,
  },
];
