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

/** An OpenRC script whose last words are these functions does nothing: what comes later in a script holds. */
function openrcStub(name: string, depend: readonly string[]): Want {
  const functions = [
    'depend() {',
    ...(depend.length === 0 ? ['\t:'] : depend.map((line) => `\t${line}`)),
    '}',
    'start_pre() { return 0; }',
    'start() { return 0; }',
    'start_post() { return 0; }',
    'stop_pre() { return 0; }',
    'stop() { return 0; }',
    'stop_post() { return 0; }',
  ];
  const isOpenrc = /^#!.*\b(openrc-run|runscript)\b/;
  return {
    edit: `/etc/init.d/${name}`,
    as: (text) => (isOpenrc.test(text) ? withBlock(text, functions) : text),
  };
}

/** The interfaces are up when init starts: all that is left of `network` is the lock that says so. */
const redhatNetwork = [
  'case "$1" in',
  '  start|restart|reload|force-reload) mkdir -p /var/lock/subsys; touch /var/lock/subsys/network; exit $? ;;',
  '  stop) rm -f /var/lock/subsys/network; exit $? ;;',
  '  status) [ -e /var/lock/subsys/network ]; exit $? ;;',
  'esac',
];

function redhatNetworkService({ root, init }: Image): Want[] {
  const script = '/etc/rc.d/init.d/network';
  if (root.entry(script) === undefined) return [];
  if (init !== 'systemd') return [{ edit: script, as: (text) => withBlock(text, redhatNetwork, 'first') }];
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
    wants: upstartJobs,
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
    wants: [
      openrcStub('networking', ['need localmount', 'after bootmisc', 'provide net']),
      openrcStub('fsck', ['use dev clock modules']),
      // What needs the clock has all of them started where none is in a run-level.
      openrcStub('hwclock', ['provide clock']),
      openrcStub('swclock', ['provide clock']),
      openrcStub('osclock', ['provide clock']),
      openrcStub('klogd', ['need clock hostname localmount', 'before net']),
      openrcStub('sysfs', []),
    ],
  },
];
