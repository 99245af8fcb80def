import { commentOut, editFstab, editInittab, editSelinux, setVariable, withBlock } from '../edits.ts';
import { linksOutOfZone, missingReleaseFile } from '../platform-gate.ts';
import type { Image, Rule } from '../rule.ts';
import type { Want } from '../want.ts';

/** sshd takes the first value it meets: a drop-in where the configuration reads a folder first, else a block on top. */
function passwordLogins({ root }: Image): Want[] {
  const path = '/etc/ssh/sshd_config';
  const text = root.readText(path);
  if (text === undefined) return [];
  const off = 'PasswordAuthentication no';
  if (/^\s*Include\s+\/etc\/ssh\/sshd_config\.d\/\*\.conf/m.test(text))
    return [{ file: '/etc/ssh/sshd_config.d/00-lx-agent.conf', content: `${off}\n`, mode: 0o600 }];
  const first = /^\s*PasswordAuthentication\s+(\S+)/m.exec(text)?.[1];
  return first === 'no' ? [] : [{ edit: path, as: (config) => withBlock(config, [off], 'first') }];
}

const utc = /\/(Etc\/)?(UTC|UCT|Universal|Zulu)$/;

/** No /etc/localtime is UTC as well, to glibc and to musl. */
function utcTime({ root }: Image): Want[] {
  const entry = root.entry('/etc/localtime');
  if (entry === undefined || utc.test(root.linkTarget('/etc/localtime') ?? '')) return [];
  if (root.read('/etc/localtime')?.toString('latin1').endsWith('\nUTC0\n')) return [];
  return [{ link: '/etc/localtime', target: '/usr/share/zoneinfo/UTC', beside: '/usr/share/zoneinfo/UTC' }];
}

function product({ distribution }: Image): Want[] {
  const name = `${distribution.id} ${distribution.version}`.trim();
  const documentation = 'https://docs.tritondatacenter.com';
  return [
    {
      missing: '/etc/product',
      content: `Name: Joyent Instance\nImage: ${name}\nDocumentation: ${documentation}\nDescription: ${distribution.name} for lx zones.\n`,
    },
    { missing: '/etc/motd', content: `\n   Instance (${name})\n   ${documentation}\n\n` },
  ];
}

/** Beside /etc/os-release, by which programs tell the distribution, the file only tells the platform that it may boot. */
function releaseFile({ root }: Image): Want[] {
  const path = missingReleaseFile(root);
  if (path === undefined) return [];
  const content =
    path === '/etc/debian_version'
      ? 'not-debian/lx-zone\n'
      : '# The platform boots an lx zone only if it knows a release file. See /etc/os-release for the distribution.\n';
  return [{ file: path, content }];
}

export const configRules: readonly Rule[] = [
  {
    id: 'platform-gate',
    category: 'config',
    forBuilders: true,
    summary: 'a release file that the platform knows',
    reason: 'without one, lx_boot ends with "Unsupported distribution!" and the zone does not boot',
    source: 'illumos-joyent and illumos-omnios, lx_boot.ksh',
    wants: releaseFile,
  },
  {
    id: 'platform-folders',
    category: 'config',
    forBuilders: true,
    summary: 'no absolute link at a folder that the platform looks into',
    reason: "the platform's scripts follow it out of the zone, and refuse to boot it",
    source: 'illumos-joyent, lib/brand/shared/zone/common.ksh',
    wants: ({ root }) => [...linksOutOfZone(root)],
  },
  {
    id: 'fstab',
    category: 'config',
    summary: 'no block devices and no swap in /etc/fstab, shared memory mounted',
    reason: 'a zone has no block devices, and init waits for those that fstab names',
    source: 'lx_boot_zone_{debian,busybox,suse}.ksh',
    wants: [
      { missing: '/etc/fstab', content: editFstab('') },
      { edit: '/etc/fstab', as: editFstab },
    ],
  },
  {
    id: 'inittab',
    category: 'config',
    summary: 'one getty, on the console, and run-level 3',
    reason: 'a zone has a console and no virtual terminals: init would start their gettys again and again',
    source: 'lx_boot_zone_{debian,busybox,redhat,suse}.ksh',
    wants: [{ edit: '/etc/inittab', as: editInittab }],
  },
  {
    id: 'selinux',
    category: 'config',
    summary: 'SELinux off',
    reason: 'the kernel has none: an init that is told to enforce it stops',
    source: 'lx_boot_zone_redhat.ksh',
    wants: [{ edit: '/etc/selinux/config', as: editSelinux }],
  },
  {
    id: 'keyboard',
    category: 'config',
    summary: 'no keyboard map to load',
    reason: 'keytable fails without a keyboard',
    source: 'lx_boot_zone_redhat.ksh',
    when: { families: ['redhat'], inits: ['upstart', 'sysvinit'] },
    wants: [{ remove: '/etc/sysconfig/keyboard' }],
  },
  {
    id: 'rc-sysinit',
    category: 'config',
    summary: 'rc.sysinit without the clock, the kernel log, fsck and /dev/pts',
    reason: 'they need hardware, or are done by the platform before init runs; the script reads no override',
    source: 'lx_boot_zone_redhat.ksh',
    when: { families: ['redhat'] },
    wants: [
      {
        edit: '/etc/rc.d/rc.sysinit',
        as: (text) =>
          commentOut(text, (line) =>
            /^(\/sbin\/hwclock|\/bin\/dmesg -n|dmesg -s|initlog -c "fsck|mount .* \/dev\/pts)/.test(line),
          ),
      },
    ],
  },
  {
    id: 'halt',
    category: 'config',
    summary: 'the halt script without its part about hardware',
    reason: 'it saves the mixer and the clock, stops RAIDs and UPSes; the script reads no override',
    source: 'lx_boot_zone_redhat.ksh',
    when: { families: ['redhat'] },
    wants: [{ edit: '/etc/rc.d/init.d/halt', as: editHalt }],
  },
  {
    id: 'virtualization',
    category: 'config',
    summary: 'VIRTUALIZATION=1 in rc.conf',
    reason: "Void's start scripts then leave out modules, udev, the clock and file-system checks",
    source: 'lx-images, void',
    when: { families: ['void'] },
    wants: [{ edit: '/etc/rc.conf', as: setVariable('VIRTUALIZATION', '1', 'export ') }],
  },
  {
    id: 'upstart-console',
    category: 'config',
    summary: 'a getty on the console, and none that waits for a container that Upstart knows',
    reason: 'Upstart starts the console only in containers of types that it knows',
    source: 'lx_boot_zone_{ubuntu,redhat}.ksh',
    when: { inits: ['upstart'] },
    wants: upstartConsole,
  },
  {
    id: 'console-getty',
    category: 'config',
    summary: 'a getty on the console',
    reason: 'there are no virtual terminals to log in on; `zlogin -C` is the way in when the network is not',
    source: 'lx-images',
    wants: ({ root }) => [
      ...['/usr/lib', '/lib']
        .filter((folder) => root.entry(`${folder}/systemd/system/console-getty.service`) !== undefined)
        .slice(0, 1)
        .map((folder) => ({
          link: '/etc/systemd/system/getty.target.wants/console-getty.service',
          target: `${folder}/systemd/system/console-getty.service`,
        })),
      {
        link: '/etc/runit/runsvdir/default/agetty-console',
        target: '/etc/sv/agetty-console',
        beside: '/etc/sv/agetty-console',
      },
      // Debian has a service for each terminal, and none for the console.
      {
        file: '/etc/sv/getty-console/run',
        content: '#!/bin/sh\nexec chpst -P getty 38400 console linux\n',
        mode: 0o755,
        beside: '/etc/sv/getty-tty1',
      },
      {
        link: '/etc/runit/runsvdir/default/getty-console',
        target: '/etc/sv/getty-console',
        beside: '/etc/sv/getty-tty1',
      },
    ],
  },
  {
    id: 'password-logins',
    category: 'config',
    forBuilders: true,
    summary: 'sshd takes no passwords',
    reason: 'an instance is reached by keys from the metadata; a password in an image is known to everybody',
    source: 'lx-brand-image-tests sshd_config',
    wants: passwordLogins,
  },
  {
    id: 'utc',
    category: 'config',
    forBuilders: true,
    summary: 'the time zone is UTC',
    reason: 'an image knows nothing of where it will run',
    source: 'lx-brand-image-tests timezone',
    wants: utcTime,
  },
  {
    id: 'product',
    category: 'config',
    forBuilders: true,
    summary: '/etc/product and a message of the day that say what this is',
    reason: 'support and monitoring read them',
    source: 'lx-brand-image-tests product_and_branding_files',
    wants: product,
  },
  {
    id: 'guest-log',
    category: 'config',
    forBuilders: true,
    summary: '/var/log/triton.log',
    reason: 'tools that collect logs from instances expect it',
    source: 'lx-brand-image-tests guesttools',
    wants: [{ missing: '/var/log/triton.log', content: '' }],
  },
];

/** The part of Red Hat 6's halt from `# Save mixer` up to halt.local is about hardware. */
function editHalt(text: string): string {
  const start = text.search(/^# Save mixer/m);
  const length = start < 0 ? -1 : text.slice(start).search(/^.*halt\.local/m);
  if (length < 0) return text;
  const hardware = commentOut(text.slice(start, start + length), (line) => line.trim() !== '');
  return `${text.slice(0, start)}${hardware}${text.slice(start + length)}`;
}

function upstartConsole({ distribution }: Image): Want[] {
  if (distribution.family === 'redhat')
    return [
      {
        file: '/etc/init/tty.override',
        content: 'stop on runlevel [S016]\nrespawn\ninstance console\nexec /sbin/mingetty console\n',
      },
      {
        file: '/etc/init/start-ttys.override',
        content: 'start on stopped rc RUNLEVEL=[2345]\ntask\nscript\n    initctl start tty\nend script\n',
      },
    ];
  return [
    {
      file: '/etc/init/console.override',
      content:
        'start on stopped rc RUNLEVEL=[2345]\nstop on runlevel [!2345]\nrespawn\nexec /sbin/getty -8 38400 console\n',
    },
  ];
}
