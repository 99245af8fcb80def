import { refusedSteps, stepNames } from '../image/refused-directives.ts';
import {
  type GeneratorState,
  generatorState,
  isTakenBack,
  type RefusedService,
  refusedServices,
  remedyFor,
} from '../image/refused-services.ts';
import { impossibility } from '../image/rules/impossible-services.ts';
import { bringsLoopbackUp } from '../image/rules/loopback.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { FailedUnit } from '../system/systemd-units.ts';
import { type Finding, note, wrong } from './finding.ts';

/**
 * Which of the failed units the zone's kernel keeps from starting, apart from those that failed for reasons of their
 * own; and which of the services that are enabled run without something that they ask for.
 */
export function checkServices(root: ReadableRoot, failed: readonly FailedUnit[]): Finding[] {
  const services = refusedServices(root);
  const generator = generatorState(root);
  const explained = failed.map((unit) => ({
    unit: unit.name,
    finding: explain(
      unit,
      services.find((service) => isOf(service, unit.name)),
      generator,
      root,
    ),
  }));
  const others = explained.filter(({ finding }) => finding === undefined).map(({ unit }) => unit);
  return [
    ...explained.flatMap(({ finding }) => finding ?? []),
    ...(others.length === 0
      ? []
      : [
          note(
            'services',
            `failed, but not by what a zone's kernel refuses: ${others.join(', ')}`,
            `systemctl status ${others.join(' ')}`,
          ),
        ]),
    ...services.flatMap((service) => withoutWhatItAsks(service, generator, root)),
  ];
}

/** An instance has the settings of its template. */
function isOf({ unit }: RefusedService, name: string): boolean {
  return unit === name || unit === name.replace(/@.*\./, '@.');
}

/** Why the zone's kernel is the cause of a failure; undefined where it is not. */
function explain(
  { name, statuses }: FailedUnit,
  service: RefusedService | undefined,
  generator: GeneratorState,
  root: ReadableRoot,
): Finding | undefined {
  const cannot = impossibility(name);
  if (cannot !== undefined)
    return wrong(
      'services',
      `${name} failed, and can never work in a zone: ${cannot.reason}`,
      `lx-agent image prepare --root ${root.path} --only ${cannot.rule} masks it`,
    );
  if (name === 'networking.service' && bringsLoopbackUp(root))
    return wrong(
      'services',
      `${name} failed: ifupdown brings the loopback interface up, which the kernel refuses, and which is up already`,
      `lx-agent image prepare --root ${root.path} --only ifupdown-loopback`,
    );
  for (const status of statuses) {
    const step = stepNames[status];
    const setting = service?.refused.find(({ directive }) => directive.step === status);
    if (step === undefined) continue;
    if (setting !== undefined)
      return wrong(
        'services',
        `${name} failed at the step ${step}: ${setting.directive.reason} (${setting.directive.name}=${setting.value} in ${setting.path})`,
        // systemd has not read what the generator wrote, or has not started the unit since.
        isTakenBack(setting, generator)
          ? `systemctl daemon-reload, then systemctl restart ${name}`
          : remedyFor(setting, name, generator, root.path),
      );
    if (refusedSteps[status] !== undefined)
      return wrong(
        'services',
        `${name} failed at the step ${step}, which a zone's kernel refuses`,
        generator === 'not installed'
          ? `lx-agent image install --root ${root.path}, then systemctl restart ${name}`
          : `take what asks for it out of the unit: systemctl cat ${name}`,
      );
  }
  return undefined;
}

function withoutWhatItAsks(
  { unit, enabled, refused }: RefusedService,
  generator: GeneratorState,
  root: ReadableRoot,
): Finding[] {
  if (!enabled) return [];
  return refused
    .filter(({ directive }) => directive.starts === true)
    .map((setting) =>
      note(
        'services',
        `${unit} asks for ${setting.directive.name}=${setting.value}: ${setting.directive.reason}`,
        remedyFor(setting, unit, generator, root.path),
      ),
    );
}
