import { sizeText } from '../system/size.ts';
import type { Answer } from './answer.ts';
import { type Complaints, quote } from './complaints.ts';

/** The raw value of one key, and a function to report its faults. */
export interface KeyValue {
  readonly bytes: Buffer | undefined;
  report(reason: string): void;
}

const kibibyte = 1024;
const limits = { line: 4 * kibibyte, json: 4 * kibibyte * kibibyte };

/** The value in an answer. A key that the server failed to give is reported, and counts as absent. */
export function keyValue(key: string, answer: Answer | undefined, complaints: Complaints): KeyValue {
  const report = (reason: string) => complaints.add(key, reason);
  if (answer?.status === 'failed') report(`the server could not give it: ${quote(answer.reason)}`);
  return { bytes: answer?.status === 'found' ? answer.value : undefined, report };
}

/** The value as text; a value of more than `limit` bytes is reported and left out. */
export function text({ bytes, report }: KeyValue, limit: number): string | undefined {
  if (bytes === undefined || bytes.length <= limit) return bytes?.toString('utf8');
  report(`${sizeText(bytes.length)}, more than the ${sizeText(limit)} that make sense`);
  return undefined;
}

/** A value of one line, without surrounding blanks (such as an editor's final newline). Empty counts as absent. */
export function line(value: KeyValue): string | undefined {
  const whole = text(value, limits.line);
  return (whole && withoutBlanks(whole)) || undefined;
}

/** The items of a JSON array; undefined when the value is blank or not an array. Only the latter is reported. */
export function items(value: KeyValue): readonly unknown[] | undefined {
  const json = text(value, limits.json);
  if (json === undefined || json.trim() === '') return undefined;
  const list = parseJson(json);
  if (Array.isArray(list)) return list;
  value.report('not a JSON array');
  return undefined;
}

const blanks = ' \t\r\n';

/** Removes only the blanks that people and editors leave. Other white space (such as U+2028) makes a value invalid. */
export function withoutBlanks(padded: string): string {
  let start = 0;
  let end = padded.length;
  // A loop, not a pattern: a pattern anchored to the end takes quadratic time on a long run of blanks.
  while (start < end && blanks.includes(padded.charAt(start))) start += 1;
  while (end > start && blanks.includes(padded.charAt(end - 1))) end -= 1;
  return padded.slice(start, end);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
