/** Lines of a manual page in the man(7) macros. Whatever text they hold is only text. */
export const roff = {
  title: (name: string, section: number, source: string) =>
    `.TH ${quoted(name.toUpperCase())} ${section} "" ${quoted(source)}`,
  section: (name: string) => `.SH ${quoted(name.toUpperCase())}`,
  subsection: (name: string) => `.SS ${quoted(name)}`,
  paragraph: (text: string) => `.PP\n${line(text)}`,
  /** A term, in bold, with what it means indented below it. */
  item: (term: string, meaning: string) => `.TP\n.B ${quoted(term)}\n${line(meaning)}`,
  /** Lines as they are, indented. */
  literal: (text: string) => `.PP\n.RS 4\n.nf\n${text.split('\n').map(line).join('\n')}\n.fi\n.RE`,
} as const;

/** Text of a line: no escape, no control line, and hyphens that can be copied into a shell. */
export function line(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** Text of a macro's argument. */
function quoted(text: string): string {
  return `"${line(text).replaceAll('"', '\\(dq')}"`;
}
