const longestLine = 16 * 1024;
/** What sshd would take for a key: a type, then base64, wherever the options end. */
const key = /(?:^|[\s"])(?:ssh|ecdsa-sha2|sk|webauthn-sk)-[\w@.-]+[ \t]+[\w+/]+=*(?:\s|$)/;
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/**
 * The lines of an authorized_keys file (sshd(8)) in their order, comments, options and blank lines kept, each ended
 * by a newline. A line with a control character other than a tab, of more than 16 KiB, or that is neither a key nor a
 * comment (a private key put there by mistake would be shown to all) is left out and reported by its number, never by
 * its text. Undefined when nothing but blank is left.
 */
export function decodeAuthorizedKeys(text: string, report: (reason: string) => void): string | undefined {
  const lines = text.split(/\r?\n/).filter((line, index) => {
    const fault = faultOf(line);
    if (fault !== undefined) report(`line ${index + 1} ${fault}`);
    return fault === undefined;
  });
  const body = lines.join('\n').trimEnd();
  return body === '' ? undefined : `${body}\n`;
}

function faultOf(line: string): string | undefined {
  if (line.length > longestLine) return `is longer than ${longestLine} characters`;
  if (control.test(line)) return 'holds a control character';
  return line.trim() === '' || line.startsWith('#') || key.test(line)
    ? undefined
    : 'is neither a key nor a comment';
}
