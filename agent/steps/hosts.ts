const ours = '127.0.1.1';

/**
 * /etc/hosts (hosts(5)) with the machine's own names, the canonical one first. If another entry already resolves all
 * of them, nothing changes. Otherwise they go into the one line for 127.0.1.1, the address that Debian reserves for
 * this. That line is ours only if it has the machine's present or `previous` name. All other lines stay byte for byte.
 */
export function withHost(text: string, names: readonly string[], previous: string | undefined): string {
  const wanted = `${ours}\t${names.join(' ')}`;
  const lines = text.split('\n');
  const known = lines.map((line) => parseEntry(line));
  const short = (name: string) => name.split('.')[0];
  const machine = new Set([...names, ...(previous ? [previous] : [])].map(short));

  const isOurs = (entry: Entry | undefined) =>
    entry?.address === ours && entry.names.some((name) => machine.has(short(name)));
  const elsewhere = known.some(
    (entry) => entry !== undefined && !isOurs(entry) && names.every((name) => entry.names.includes(name)),
  );
  if (elsewhere) return text;

  const place = known.findIndex(isOurs);
  if (place >= 0) {
    const line = lines[place] ?? '';
    if (known[place]?.names.join(' ') === names.join(' ')) return text;
    return lines.with(place, line.endsWith('\r') ? `${wanted}\r` : wanted).join('\n');
  }
  return withLines(text, [wanted]);
}

/**
 * /etc/hosts with `localhost`, if no entry has it. A container build mounts its own file over an empty one, and exports
 * the empty one.
 */
export function withLocalhost(text: string): string {
  const isNamed = text.split('\n').some((line) => parseEntry(line)?.names.includes('localhost') === true);
  return isNamed ? text : withLines(text, ['127.0.0.1\tlocalhost', '::1\tlocalhost']);
}

/** A text with more lines at its end, in the line endings of the text. */
function withLines(text: string, lines: readonly string[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const start = text === '' || text.endsWith('\n') ? text : `${text}${newline}`;
  return `${start}${lines.map((line) => `${line}${newline}`).join('')}`;
}

interface Entry {
  readonly address: string;
  readonly names: readonly string[];
}

function parseEntry(line: string): Entry | undefined {
  const [address, ...names] = line.replace(/#.*/s, '').trim().split(/\s+/);
  return address ? { address, names } : undefined;
}
