import { describe, expect, it } from 'vitest';
import { duration, paint, printable, styleFor } from '../../agent/commands/style.ts';

const terminal = { isTerminal: true };

describe('style', () => {
  it.each([
    ['a terminal', true, { TERM: 'xterm' }, true],
    ['a pipe', false, { TERM: 'xterm' }, false],
    ['NO_COLOR', true, { TERM: 'xterm', NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which does not count', true, { TERM: 'xterm', NO_COLOR: '' }, true],
    ['TERM=dumb', true, { TERM: 'dumb' }, false],
    ['no TERM at all', true, {}, false],
  ])('colours for %s', (_, isTerminal, environment, expected) => {
    expect(styleFor({ isTerminal }, environment).colour).toBe(expected);
  });

  it.each([
    [{ LANG: 'en_GB.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'en_GB.UTF-8' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{}, false],
  ])('characters beyond ASCII under %o: %s', (environment, expected) => {
    expect(styleFor(terminal, environment).unicode).toBe(expected);
  });

  it('paints only where colours are', () => {
    expect(paint({ colour: true, unicode: false }, 'red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(paint({ colour: false, unicode: false }, 'red', 'x')).toBe('x');
  });

  it('lets no control character through to a terminal', () => {
    const hostile = 'web\u001b[2J\u009b1m\u202e\n1é';
    expect(printable({ colour: true, unicode: true }, hostile)).toBe('web\\u{1b}[2J\\u{9b}1m\\u{202e} 1é');
    expect(printable({ colour: true, unicode: false }, hostile)).toBe(
      'web\\u{1b}[2J\\u{9b}1m\\u{202e} 1\\u{e9}',
    );
  });

  it.each([
    [0, '0.0 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [12_040_000, '3.3 h'],
  ])('says %d ms as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});
