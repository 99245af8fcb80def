import { styleText } from 'node:util';
import type { Environment, Output } from './io.ts';

/** What the output can show. */
export interface Style {
  /** Whether colours may be used. */
  readonly colour: boolean;
  /** Whether characters beyond ASCII can be shown. */
  readonly unicode: boolean;
}

export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold';

/**
 * Colour on a terminal only, unless NO_COLOR (https://no-color.org: set and not empty) or TERM=dumb forbids it.
 * Characters beyond ASCII in a UTF-8 locale; the variables are read in the order of locale(7).
 */
export function styleFor(output: Pick<Output, 'isTerminal'>, environment: Environment): Style {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return {
    colour: output.isTerminal && !environment.NO_COLOR && (environment.TERM ?? 'dumb') !== 'dumb',
    unicode: /utf-?8/.test(locale.toLowerCase()),
  };
}

/** The text in a colour, if the style allows colours. */
export function paint(style: Style, colour: Colour, text: string): string {
  return style.colour ? styleText(colour, text, { validateStream: false }) : text;
}

/**
 * Untrusted text, made safe for a terminal. Control characters, which could move the cursor or change colours, become
 * escapes; so do characters that the locale cannot show.
 */
export function printable(style: Style, text: string): string {
  // Nearly all text is printable ASCII. The character classes below cost V8 a millisecond to compile.
  if (/^[ -~]*$/.test(text)) return text;
  const unfit = style.unicode ? /[\p{Cc}\p{Cf}\u2028\u2029]/gu : /[^ -~]/gu;
  return text.replace(unfit, (character) =>
    character === '\n' ? ' ' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** A duration for people: `0.4 ms`, `24 ms`, `1.2 s`, `2 min 5 s`, `3.3 h`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A number with its noun: `1 key`, `2 keys`. */
export function count(number: number, thing: string): string {
  return number === 1 ? `1 ${thing}` : `${number} ${thing}s`;
}
