import {
  hasInterpreter,
  isPlatformNetworkScript,
  isPlatformOpenrcStub,
  openrcStub,
  openrcStubFunctions,
  openrcStubNames,
  redhatNetworkLines,
  redhatNetworkScript,
} from '../../system/stand-ins.ts';
import { setVariable, withBlock } from '../edits.ts';
import type { Image, Rule } from '../rule.ts';
import type { Want } from '../want.ts';

/** Upstart's own jobs wait for devices; these emit at once what the rest of the boot waits for. */
const upstartJobs: readonly Want[] = [
  {
    file: '/etc/init/mountall.override',
    content: `start on startup
task
expect none
script
    rm -f /etc/mtab
    echo "/dev/zfsds0 / zfs rw 0 0" > /etc/mtab
    echo "proc /proc proc rw,noexec,nosuid,nodev 0 0" >> /etc/mtab
    initctl emit --no-wait virtual-filesystems
    mount -t tmpfs tmpfs /dev/shm || true
    mount -t tmpfs tmpfs /run || true
    mkdir -p /run/lock /run/network
    ln -s /dev/shm /run/shm || true
    initctl emit --no-wait mounted MOUNTPOINT=/run TYPE=tmpfs
    initctl emit --no-wait local-filesystems
    initctl emit --no-wait remote-filesystems
    initctl emit --no-wait all-swaps
    initctl emit --no-wait filesystem
end script
post-stop script
    true
end script
`,
    beside: '/etc/init/mountall.conf',
  },
  {
    file: '/etc/init/networking.override',
    content: `start on local-filesystems
pre-start exec mkdir -p /run/network
script
    initctl emit --no-wait net-device-up IFACE=lo LOGICAL=lo ADDRFAM=inet
    for device in /dev/net/*; do
        [ -e "$device" ] || continue
        initctl emit --no-wait net-device-up IFACE="\${device##*/}" LOGICAL="\${device##*/}" ADDRFAM=inet
    done
    initctl emit --no-wait static-network-up
end script
`,
    beside: '/etc/init/networking.conf',
  },
  {
    file: '/etc/init/container-detect.override',
    content: `start on mounted MOUNTPOINT=/run
pre-start script
    echo smartos > /run/container_type || true
    initctl emit --no-wait container CONTAINER=smartos
end script
`,
    beside: '/etc/init/container-detect.conf',
  },
  {
    file: '/etc/init/plymouth-ready.override',
    content: 'start on startup\ntask\nexec initctl emit --no-wait plymouth-ready\n',
    beside: '/etc/init/plymouth-ready.conf',
  },
];

/**
 * The platform writes a mountall of its own at each boot, over whatever is there; it emits what the boot waits for. It
 * writes /etc/mtab as well, which fails, and the boot with it, where that is a link into /proc.
 */
function upstartEvents({ root }: Image): Want[] {
  const path = '/etc/init/mountall.override';
  const text = root.entry(path)?.kind === 'file' ? (root.readText(path) ?? '') : '';
  const isPlatforms = /^description\s/m.test(text) && /emit --no-wait filesystem$/m.test(text);
  return [
    ...upstartJobs.filter((want) => !(isPlatforms && 'file' in want && want.file === path)),
    ...(root.linkTarget('/etc/mtab') === undefined ? [] : [{ remove: '/etc/mtab' }]),
  ];
}

const isOpenrcScript = /^#!.*\b(openrc-run|runscript)\b/;

/**
 * A stub in place of a distribution's own script. One that the platform wrote does the same, if it can be started; the
 * early stage puts right the one that cannot (agent/steps/stand-ins.ts).
 */
function openrcStubWant(name: string): Want {
  return {
    edit: `/etc/init.d/${name}`,
    as: (text) => {
      if (isPlatformOpenrcStub(text)) return hasInterpreter(text) ? text : openrcStub(name);
      return isOpenrcScript.test(text) ? withBlock(text, openrcStubFunctions(name)) : text;
    },
  };
}

/** The platform's stubs name the interpreter by the name that OpenRC 0.52 dropped. */
function oldInterpreter({ root }: Image): Want[] {
  const target = 'openrc-run';
  const present = root.entry('/sbin/runscript');
  if (present !== undefined && root.linkTarget('/sbin/runscript') !== target) return [];
  return [{ link: '/sbin/runscript', target, beside: '/sbin/openrc-run' }];
}

/** What the platform wrote does the same, if it can be started. */
function withoutInterfaces(text: string): string {
  if (isPlatformNetworkScript(text)) return hasInterpreter(text) ? text : redhatNetworkScript;
  return withBlock(text, redhatNetworkLines, 'first');
}

function redhatNetworkService({ root, init }: Image): Want[] {
  const script = '/etc/rc.d/init.d/network';
  if (root.entry(script) === undefined) return [];
  if (init !== 'systemd') return [{ edit: script, as: withoutInterfaces }];
  return [
    {
      file: '/etc/systemd/system/network.service',
      content: `[Unit]
Description=Network interfaces, which the platform has brought up
Wants=network.target
Before=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mkdir -p /var/lock/subsys
ExecStart=/bin/touch /var/lock/subsys/network
ExecStop=/bin/rm -f /var/lock/subsys/network

[Install]
WantedBy=multi-user.target
`,
    },
  ];
}

export const standInRules: readonly Rule[] = [
  {
    id: 'upstart-events',
    category: 'stand-ins',
    summary: 'the events that mountall, networking and container-detect emit',
    reason:
      'there is no udev and nothing to mount or bring up, and the rest of the boot waits for these events',
    source: 'RFD 15; lx_boot_zone_ubuntu.ksh',
    when: { families: ['debian'], inits: ['upstart'] },
    wants: upstartEvents,
  },
  {
    id: 'redhat-network',
    category: 'stand-ins',
    summary: 'a network service that only says that the network is up',
    reason: 'the platform has configured the interfaces before init starts; the script would take them down',
    source: 'RFD 15; lx_boot_zone_redhat.ksh',
    when: { families: ['redhat'] },
    wants: redhatNetworkService,
  },
  {
    id: 'redhat-networking',
    category: 'stand-ins',
    summary: 'NETWORKING=yes',
    reason: 'services that need the network look for it before they start',
    source: 'lx_boot_zone_redhat.ksh',
    when: { families: ['redhat'] },
    wants: [
      { missing: '/etc/sysconfig/network', content: 'NETWORKING=yes\n' },
      { edit: '/etc/sysconfig/network', as: setVariable('NETWORKING', 'yes') },
    ],
  },
  {
    id: 'openrc-stubs',
    category: 'stand-ins',
    summary: 'networking, fsck, the clocks, klogd and sysfs as stubs',
    reason: 'other services need them by name, and they cannot do their work in a zone',
    source: 'RFD 15; lx_boot_zone_busybox.ksh',
    when: { inits: ['openrc'] },
    wants: (image) => [...openrcStubNames.map(openrcStubWant), ...oldInterpreter(image)],
  },
];
