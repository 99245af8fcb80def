import type { Image, Rule } from '../rule.ts';
import { enablingLinks, serviceUnits, settings, type UnitFile } from '../unit-files.ts';
import type { Want } from '../want.ts';

/** Wizards that may come with a later update; masks of units that are not there do no harm. */
const known = ['systemd-firstboot.service', 'systemd-homed-firstboot.service'];

const wizardName =
  /^(initial-setup|jeos-firstboot|yast2-(firstboot|second-stage)|oem-config|console-conf|userconfig)/i;

/** Whether a service asks a person something while the boot waits: it reads a terminal, and is no login or rescue shell. */
function asks(unit: UnitFile): boolean {
  if (wizardName.test(unit.name)) return true;
  const reads = settings(unit, 'StandardInput').some((value) => value.startsWith('tty'));
  if (!reads) return false;
  const once = settings(unit, 'Type').at(-1) === 'oneshot';
  const first = settings(unit, 'ConditionFirstBoot').some((value) => /^(yes|true|1|on)$/i.test(value));
  return once || first;
}

function systemdWizards({ root }: Image): Want[] {
  const found = serviceUnits(root).filter((unit) => !known.includes(unit.name) && asks(unit));
  return [
    ...[...known, ...found.filter(({ own }) => !own).map(({ name }) => name)].map((name) => ({
      link: `/etc/systemd/system/${name}`,
      target: '/dev/null',
    })),
    // A file of the builder's own stays; a mask would have to replace it.
    ...found
      .filter(({ own }) => own)
      .flatMap(({ name }) => enablingLinks(root, name).map((remove) => ({ remove }))),
  ];
}

export const firstBootRules: readonly Rule[] = [
  {
    id: 'systemd-first-boot',
    category: 'services',
    summary: 'no service that asks questions on the console at the first boot',
    reason: 'nobody sits at the console of an instance, and the boot would wait for an answer',
    source: 'systemd-firstboot(1); initial-setup, jeos-firstboot, YaST2-Firstboot',
    when: { inits: ['systemd'] },
    wants: systemdWizards,
  },
  {
    id: 'first-boot-marks',
    category: 'config',
    summary: 'no mark that has an init script ask for a configuration',
    reason:
      "Red Hat's rc.sysinit and YaST ask for passwords, keyboard and network where such a file is there",
    source: "Red Hat 6's rc.sysinit; YaST2-Firstboot.service",
    wants: [
      { remove: '/.unconfigured' },
      { remove: '/etc/reconfigSys' },
      { remove: '/var/lib/YaST2/reconfig_system' },
      { remove: '/var/lib/YaST2/runme_at_boot' },
    ],
  },
  {
    id: 'first-boot-scripts',
    category: 'services',
    summary: 'no first-boot wizard in the run-levels',
    reason: 'nobody sits at the console of an instance, and the boot would wait for an answer',
    source: "Red Hat 6's firstboot; Ubuntu's oem-config",
    when: { inits: ['upstart', 'sysvinit', 'openrc', 'busybox', 'rc.local'] },
    wants: [
      {
        stopped: ['firstboot', 'initial-setup', 'oem-config'],
        folders: [2, 3, 4, 5].flatMap((level) => [`/etc/rc.d/rc${level}.d`, `/etc/rc${level}.d`]),
      },
      { file: '/etc/init/oem-config.override', content: 'manual\n', beside: '/etc/init/oem-config.conf' },
      ...['sysinit', 'boot', 'default'].flatMap((level) =>
        ['firstboot', 'initial-setup'].map((name) => ({ remove: `/etc/runlevels/${level}/${name}` })),
      ),
    ],
  },
];
