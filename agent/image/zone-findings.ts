import { generatorState, refusedServices, remedyFor, uncovered } from './refused-services.ts';
import type { Image } from './rule.ts';
import { busesOf } from './rules/bus.ts';

/** The name of these findings for `--only` and `--skip`. Their category is `services`. */
export const zoneKernel = 'zone-kernel';

/** A service that cannot work under a zone's kernel. */
export interface ZoneFinding {
  readonly unit: string;
  readonly summary: string;
  readonly what: readonly string[];
  readonly reason: string;
  readonly source: string;
  readonly remedy: string;
  /** It is a note, not a fault. */
  readonly note: boolean;
}

/**
 * Services of an image that will fail in a zone because the generator does not help them. Enabled services come first.
 */
export function zoneFindings({ root, init, distribution }: Image): readonly ZoneFinding[] {
  if (init !== 'systemd') return [];
  const generator = generatorState(root);
  const findings = refusedServices(root).flatMap((service): ZoneFinding[] => {
    const settings = uncovered(service, generator);
    // The generator cannot help this service, but nothing starts it: leave it to whoever enables it.
    if (settings.length === 0 || (generator === 'at work' && !service.enabled)) return [];
    const fails = settings.filter(({ directive }) => directive.starts !== true);
    const told = fails.length > 0 ? fails : settings;
    const list = (texts: readonly string[]) => [...new Set(texts)].join('; ');
    return [
      {
        unit: service.unit,
        summary: `${service.unit} does not ${fails.length > 0 ? 'start' : 'get all it asks for'}`,
        what: told.map(({ path, directive, value }) => `${path}: ${directive.name}=${value}`),
        reason: list(told.map(({ directive }) => directive.reason)),
        source: list(told.map(({ directive }) => directive.source)),
        remedy: list(told.map((setting) => remedyFor(setting, service.unit, generator, root.path))),
        // Nothing starts it yet. It would fail once it is enabled.
        note: fails.length === 0 || !service.enabled,
      },
    ];
  });
  return [...broker(), ...findings];

  function broker(): ZoneFinding[] {
    const stuck = busesOf(root).find(
      ({ scope, isBroker, daemon }) => scope === 'system' && isBroker && daemon === undefined,
    );
    if (stuck === undefined) return [];
    return [
      {
        unit: 'dbus-broker.service',
        summary: 'D-Bus does not start',
        what: ['dbus.service is dbus-broker.service, and dbus-daemon is not installed'],
        reason: 'the kernel refuses PR_CAPBSET_READ, so dbus-broker exits',
        source: 'lx_prctl.c',
        remedy: `install dbus-daemon (${daemonPackage[distribution.family] ?? 'the package that has it'}), then lx-agent image prepare --root ${root.path}`,
        note: false,
      },
    ];
  }
}

const daemonPackage: Readonly<Record<string, string>> = {
  redhat: 'dnf install dbus-daemon',
  arch: 'pacman -S dbus-daemon-units',
  suse: 'zypper install dbus-1-daemon',
  debian: 'apt-get install dbus-daemon dbus-system-bus-common dbus',
};
