import { styleText } from 'node:util';
import type { Environment, Output } from './io.ts';

/** How text may look where it is going. */
export interface Style {
  /** Whether colours may be used. */
  readonly colour: boolean;
  /** Whether characters beyond ASCII are understood. */
  readonly unicode: boolean;
}

export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold';

/**
 * Colour on a terminal only, unless NO_COLOR (https://no-color.org: set and not empty) or TERM=dumb forbids it;
 * characters beyond ASCII where the locale is a UTF-8 one, by the variables in the order of locale(7).
 */
export function styleFor(output: Pick<Output, 'isTerminal'>, environment: Environment): Style {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return {
    colour: output.isTerminal && !environment.NO_COLOR && (environment.TERM ?? 'dumb') !== 'dumb',
    unicode: /utf-?8/.test(locale.toLowerCase()),
  };
}

/** The text in a colour, where colours may be used. */
export function paint(style: Style, colour: Colour, text: string): string {
  return style.colour ? styleText(colour, text, { validateStream: false }) : text;
}

/**
 * Text from elsewhere, made fit for a terminal: control characters, which could move the cursor or colour the rest,
 * are shown as escapes, and so is what the locale cannot show.
 */
export function printable(style: Style, text: string): string {
  // What nearly all text is; the classes below take V8 a millisecond to compile.
  if (/^[ -~]*$/.test(text)) return text;
  const unfit = style.unicode ? /[\p{Cc}\p{Cf}\u2028\u2029]/gu : /[^ -~]/gu;
  return text.replace(unfit, (character) =>
    character === '\n' ? ' ' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** A duration as a person says it: `0.4 ms`, `24 ms`, `1.2 s`, `2 min 5 s`, `3.3 h`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** So many of something: `1 key`, `2 keys`. */
export function count(number: number, thing: string): string {
  return number === 1 ? `1 ${thing}` : `${number} ${thing}s`;
}
