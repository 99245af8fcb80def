import { smartosMark } from './platform-mark.ts';

/**
 * What stands in for services that cannot do their work in a zone. The platform's scripts write such stand-ins, too, at
 * each boot and over whatever is there; not all of theirs run.
 */

const depends: Readonly<Record<string, readonly string[]>> = {
  networking: ['need localmount', 'after bootmisc', 'provide net'],
  fsck: ['use dev clock modules'],
  // What needs the clock has all of them started where none is in a run-level.
  hwclock: ['provide clock'],
  swclock: ['provide clock'],
  osclock: ['provide clock'],
  klogd: ['need clock hostname localmount', 'before net'],
  sysfs: [],
};

/** OpenRC services that get a stand-in. */
export const openrcStubNames = Object.keys(depends);

/** The functions of an OpenRC script that does nothing: in a script that has others before, these hold. */
export function openrcStubFunctions(name: string): readonly string[] {
  const lines = depends[name] ?? [];
  return [
    'depend() {',
    ...(lines.length === 0 ? ['\t:'] : lines.map((line) => `\t${line}`)),
    '}',
    'start_pre() { return 0; }',
    'start() { return 0; }',
    'start_post() { return 0; }',
    'stop_pre() { return 0; }',
    'stop() { return 0; }',
    'stop_post() { return 0; }',
  ];
}

/** The marks between which image preparation keeps its lines in a script of somebody else's. */
const marked = (lines: readonly string[]) => ['# lx-agent: begin', ...lines, '# lx-agent: end'].join('\n');

/** A whole OpenRC script that does nothing. */
export function openrcStub(name: string): string {
  return `#!/sbin/openrc-run\n${marked(openrcStubFunctions(name))}\n`;
}

/**
 * Whether the platform wrote this OpenRC script (lx_boot_zone_busybox.ksh): a few lines that start nothing, or, until
 * 2023 and where the zone has resolvers, the lines that write resolv.conf without the head of the script.
 */
export function isPlatformOpenrcStub(text: string): boolean {
  if (text.includes('# lx-agent: begin')) return false;
  if (!text.startsWith('#!')) return text.includes(smartosMark);
  const commands = text
    .replace(/^#!.*\n/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const known =
    /^((depend|start|stop)\(\) \{|\}|return 0|fi|(need|use|after|before|provide|keyword)\b.*|if \[ ! -e \/etc\/resolv\.conf \]; then|echo ".*" >>? \/etc\/resolv\.conf)$/;
  return /^#!\/sbin\/runscript\n/.test(text) && commands.every((line) => known.test(line));
}

/** The interfaces are up when init starts: all that is left of Red Hat's `network` is the lock that says so. */
export const redhatNetworkLines = [
  'case "$1" in',
  '  start|restart|reload|force-reload) mkdir -p /var/lock/subsys; touch /var/lock/subsys/network; exit $? ;;',
  '  stop) rm -f /var/lock/subsys/network; exit $? ;;',
  '  status) [ -e /var/lock/subsys/network ]; exit $? ;;',
  'esac',
];

/** A whole script for Red Hat's `network`; the header is what chkconfig(8) goes by. */
export const redhatNetworkScript = `#!/bin/bash
# network: the platform has brought the interfaces up
# chkconfig: 2345 10 90
# description: says that the network is up
### BEGIN INIT INFO
# Provides: $network
### END INIT INFO
${marked(redhatNetworkLines)}
exit 2
`;

/**
 * Whether the platform wrote this `network` script (lx_boot_zone_redhat.ksh). Since 2021, and where the zone has
 * resolvers, it writes one without its head, which bash refuses.
 */
export function isPlatformNetworkScript(text: string): boolean {
  return (
    /^\s*touch \/var\/lock\/subsys\/network$/m.test(text) && !/network-scripts|# lx-agent: begin/.test(text)
  );
}

/** Whether a script can be started at all. */
export function hasInterpreter(text: string): boolean {
  return /^#!\s*\/\S/.test(text);
}
