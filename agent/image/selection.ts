import { agentCategory, agentChecks } from './agent-check/finding.ts';
import { categories } from './categories.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules/all.ts';
import { zoneKernel } from './zone-findings.ts';

/** The values of --only and --skip of the image commands. */
export interface Selection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/** Something that `image check` checks but that is not a rule: `prepare` does not change it. */
export interface Check {
  readonly id: string;
  readonly category: string;
  readonly summary: string;
  readonly reason: string;
  readonly source: string;
  readonly when?: Rule['when'];
}

/** The checks, in the order in which their findings are printed. */
export const checks: readonly Check[] = [
  ...Object.values(agentChecks).map((check) => ({ ...check, category: agentCategory })),
  {
    id: zoneKernel,
    category: 'services',
    summary: "no service that cannot work under a zone's kernel",
    reason: 'systemd does not start a service whose sandbox the kernel refuses',
    source: 'docs/zone.md',
    when: { inits: ['systemd'] },
  },
];

/** All names that --only and --skip accept: categories, rules and checks. */
export function selectableNames(): readonly string[] {
  return [...categories, agentCategory, ...rules.map(({ id }) => id), ...checks.map(({ id }) => id)];
}

/** Names given to --only or --skip that do not exist. */
export function unknownNames({ only, skip }: Selection): readonly string[] {
  const known = new Set(selectableNames());
  return [...only, ...skip].filter((name) => !known.has(name));
}

/** Whether a rule or a check is selected, by its id or its category. */
export function isSelected(one: Pick<Check, 'id' | 'category'>, { only, skip }: Selection): boolean {
  const isNamed = (names: readonly string[]) => names.includes(one.id) || names.includes(one.category);
  return (only.length === 0 || isNamed(only)) && !isNamed(skip);
}
