/** What editors, mails and web pages put before a text, in UTF-8: a byte-order mark, blanks, empty lines. */
const before = /^(?:\xef\xbb\xbf|\xc2\xa0|\xe2\x80\x8b|[ \t\r\n\f\v])+/;
/** Blanks that a kernel does not treat as blanks. */
const oddBlanks = /\xef\xbb\xbf|\xc2\xa0|\xe2\x80\x8b/g;

/**
 * A script as its author meant it. A script that was pasted, or written on another system, may not start: the kernel
 * needs `#!` in the first two bytes, and treats a carriage return or a no-break space as part of the interpreter's name.
 * So what precedes the script is removed. Carriage returns are removed if the first line has `#!` and ends in one, or if
 * all lines end in one. A program in machine code is not changed.
 */
export function asMeant(body: Buffer): Buffer {
  if (body.includes(0)) return body;
  const text = body.toString('latin1');
  const start = text.replace(before, '');
  const [first = ''] = start.split('\n', 1);
  const line = first.startsWith('#!') ? first.replaceAll(oddBlanks, ' ') : first;
  const meant = withUnixLines(`${line}${start.slice(first.length)}`);
  return meant === text ? body : Buffer.from(meant, 'latin1');
}

function withUnixLines(text: string): string {
  if (!text.includes('\n')) return text.replaceAll('\r', '\n');
  const isForeign = /^#![^\n]*\r\n/.test(text) || !/(^|[^\r])\n/.test(text);
  return isForeign ? text.replaceAll('\r\n', '\n') : text;
}
