import {
  categorySummaries,
  type Listed,
  listedCategories,
  listedRules,
  whereOf,
} from '../image/rule-list.ts';
import type { Invocation } from './arguments.ts';
import { definitions } from './help.ts';
import type { Io } from './io.ts';

/** `lx-agent image rules`: lists the rules of `prepare` and `check` by the names that --only and --skip take. */
export async function run({ flags }: Invocation, io: Io): Promise<number> {
  const all = listedRules();
  if (flags.has('json')) {
    io.stdout.write(`${JSON.stringify({ rules: all }, null, 2)}\n`);
    return 0;
  }
  const sections = listedCategories.map((category) => [
    `${category}: ${categorySummaries[category]}`,
    ...definitions(
      all
        .filter((one) => one.category === category)
        .map((one) => ({ term: one.rule, meaning: `${one.summary}${remark(one)}` })),
      column(all),
    ),
  ]);
  io.stdout.write(`${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`);
  return 0;
}

function column(all: readonly Listed[]): number {
  return Math.max(...all.map(({ rule }) => rule.length));
}

/** Which roots the rule applies to, and whether only `check` knows it. */
function remark(one: Listed): string {
  const parts = [whereOf(one), ...(one.by === 'check' ? ['check only'] : [])].filter((text) => text !== '');
  return parts.length === 0 ? '' : ` [${parts.join('; ')}]`;
}
