import type { Family } from '../system/distribution.ts';
import type { InitSystem } from '../system/init.ts';
import { agentCategory } from './agent-check/finding.ts';
import { type Category, categories } from './categories.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules/all.ts';
import { type Check, checks } from './selection.ts';

/** A rule or a check, under its name for --only and --skip. */
export interface Listed {
  readonly rule: string;
  readonly category: string;
  readonly summary: string;
  readonly reason: string;
  readonly source: string;
  /** The roots that it applies to; all roots if both are absent. */
  readonly families?: readonly Family[];
  readonly inits?: readonly InitSystem[];
  /** `prepare`: prepare carries it out, and check verifies it. `check`: only check knows it. */
  readonly by: 'prepare' | 'check';
  /** It is for new images only: the platform's agent skips it on machines that are in use. */
  readonly newImagesOnly: boolean;
}

/** The categories of rules and checks, in the order in which they are listed. */
export const listedCategories: readonly (Category | typeof agentCategory)[] = [...categories, agentCategory];

/** What each category is about. */
export const categorySummaries: Readonly<Record<Category | typeof agentCategory, string>> = {
  directories: 'mount points, and folders that the platform and daemons expect',
  'native-runtime': "what the platform's own programs need to run",
  'native-links': "the platform's commands and manual pages on their paths",
  config: 'configuration that fits a zone',
  'resolv.conf': 'resolvers that come from the metadata',
  'stand-ins': 'services that others wait for and that have nothing to do in a zone',
  services: 'services to switch off because they cannot work in a zone',
  clean: 'traces of the build machine that an image must not keep',
  [agentCategory]: 'the agent itself',
};

/** All rules and checks, category by category. */
export function listedRules(): readonly Listed[] {
  const all = [...rules.map((rule) => listed(rule, rule)), ...checks.map((check) => listed(check))];
  return listedCategories.flatMap((category) => all.filter((one) => one.category === category));
}

function listed({ id, category, summary, reason, source, when }: Check, rule?: Rule): Listed {
  const isOnlyChecked = rule === undefined || (Array.isArray(rule.wants) && rule.wants.length === 0);
  return {
    rule: id,
    category,
    summary,
    reason,
    source,
    ...when,
    by: isOnlyChecked ? 'check' : 'prepare',
    newImagesOnly: rule !== undefined && (rule.forBuilders === true || rule.category === 'clean'),
  };
}

const familyNames: Readonly<Record<Family, string>> = {
  debian: 'Debian',
  redhat: 'Red Hat',
  suse: 'SUSE',
  alpine: 'Alpine',
  arch: 'Arch',
  gentoo: 'Gentoo',
  void: 'Void',
  unknown: 'others',
};

/** The roots that a rule applies to, as text: `Debian and SUSE`, `Red Hat with upstart or sysvinit`; empty for all. */
export function whereOf({ families = [], inits = [] }: Pick<Listed, 'families' | 'inits'>): string {
  const distributions = families.map((family) => familyNames[family]).join(' and ');
  const systems = inits.join(' or ');
  return [distributions, systems].filter((text) => text !== '').join(' with ');
}
