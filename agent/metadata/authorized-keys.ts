const longestLine = 16 * 1024;
/** What sshd would take for a key: a type, then base64, wherever the options end. */
const key = /(?:^|[ \t"])(?:ssh|ecdsa-sha2|sk|webauthn-sk)-[\w@.-]+[ \t]+[\w+/]+=*(?:[ \t]|$)/;
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/** What comes along when text is copied: a byte-order mark, no-break and zero-width blanks. sshd takes none for a blank. */
const oddBlank = /[\u00a0\u2007\u202f\u200b\ufeff]/g;

/**
 * The lines of an authorized_keys file (sshd(8)) in their order, comments, options and blank lines kept, each ended
 * by a newline. A line with a control character other than a tab, of more than 16 KiB, or that is neither a key nor a
 * comment (a private key put there by mistake would be shown to all) is left out and reported by its number, never by
 * its text. A key that was pasted with odd blanks is taken as it was meant. Empty for a blank text; undefined when
 * every line of it is left out.
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

/** Within quotes, and in a comment, a no-break space may be meant. */
function asMeant(line: string): string {
  if (line.startsWith('#') || key.test(line)) return line;
  const plain = line.replace(oddBlank, ' ').trim();
  return key.test(plain) || plain === '' || plain.startsWith('#') ? plain : line;
}
