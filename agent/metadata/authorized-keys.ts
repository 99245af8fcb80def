const longestLine = 16 * 1024;
/** What sshd accepts as a key: a type, then base64, after any options. */
const key = /(?:^|[ \t"])(?:ssh|ecdsa-sha2|sk|webauthn-sk)-[\w@.-]+[ \t]+[\w+/]+=*(?:[ \t]|$)/;
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/** Copied text may contain these: a byte-order mark, no-break and zero-width spaces. sshd accepts none as a blank. */
const oddBlank = /[\u00a0\u2007\u202f\u200b\ufeff]/g;

/**
 * The lines of an authorized_keys file (sshd(8)), in order, with comments, options and blank lines. Each ends with a
 * newline. A line is left out if it has a control character other than a tab, is longer than 16 KiB, or is neither a
 * key nor a comment. The report gives its number, never its text: it may be a private key, pasted by mistake. Odd
 * blanks in a pasted key are replaced. Empty when the text is blank; undefined when every line is left out.
 */
export function decodeAuthorizedKeys(text: string, report: (reason: string) => void): string | undefined {
  const lines = text.split(/\r?\n/).flatMap((line, index) => {
    const meant = asMeant(line);
    const fault = faultOf(meant);
    if (fault !== undefined) report(`line ${index + 1} ${fault}`);
    return fault === undefined ? [meant] : [];
  });
  const body = lines.join('\n').trimEnd().replace(/^\n+/, '');
  if (body !== '') return `${body}\n`;
  return text.replace(oddBlank, ' ').trim() === '' ? '' : undefined;
}

function faultOf(line: string): string | undefined {
  if (line.length > longestLine) return `is longer than ${longestLine} characters`;
  if (control.test(line)) return 'holds a control character';
  return line.trim() === '' || line.startsWith('#') || key.test(line)
    ? undefined
    : 'is neither a key nor a comment';
}

/** Replaces odd blanks, but not in a valid key or a comment: a no-break space may be intended there. */
function asMeant(line: string): string {
  if (line.startsWith('#') || key.test(line)) return line;
  const plain = line.replace(oddBlank, ' ').trim();
  return key.test(plain) || plain === '' || plain.startsWith('#') ? plain : line;
}
