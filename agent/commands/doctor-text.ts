import type { Finding } from '../doctor/finding.ts';
import { joined, type Mark, markOf } from './lines.ts';
import { paint, printable, type Style } from './style.ts';
import { columns, wrap } from './wrap.ts';

const marks: Readonly<Record<Finding['status'], Mark>> = { ok: 'ok', note: 'kept', wrong: 'failed' };
const textColumn = 15;

/** The findings of the doctor, each with its remedy, and the number of faults. */
export function renderFindings(findings: readonly Finding[], style: Style): string {
  const wrong = findings.filter(({ status }) => status === 'wrong').length;
  const verdict =
    wrong === 0
      ? paint(style, 'green', 'nothing is wrong')
      : paint(style, 'red', wrong === 1 ? '1 thing is wrong' : `${wrong} things are wrong`);
  return joined([findings.flatMap((finding) => findingLines(finding, style)), [verdict]]);
}

function findingLines({ status, subject, text, remedy }: Finding, style: Style): string[] {
  const indent = ' '.repeat(textColumn);
  const inColumn = (words: string) => wrap(printable(style, words), columns - textColumn);
  const [first = '', ...others] = inColumn(text);
  const todo = remedy === undefined ? [] : inColumn(`to do: ${remedy}`);
  return [
    `  ${markOf(marks[status], style)} ${subject.padEnd(textColumn - 4)}${first}`,
    ...others.map((line) => `${indent}${line}`),
    ...todo.map((line) => `${indent}${paint(style, 'cyan', line)}`),
  ];
}
