/** The prefix of a line that the agent comments out in another owner's file. It shows people who did it. */
const offMark = '#lx-agent# ';

/** Comment out the unwanted lines of a text. A second call changes nothing. */
export function commentOut(text: string, unwanted: (line: string) => boolean): string {
  return text
    .split('\n')
    .map((line) => (!line.startsWith('#') && unwanted(line) ? `${offMark}${line}` : line))
    .join('\n');
}

const off = new RegExp(`^${offMark}`, 'gm');
const ownBlock = /^# lx-agent: begin\n[\s\S]*?^# lx-agent: end\n/m;

function blockOf(lines: readonly string[]): string {
  return `# lx-agent: begin\n${lines.join('\n')}\n# lx-agent: end\n`;
}

/**
 * Put a block of lines between marks at the end of a text, or after the comments at its head. A block that is already
 * there is replaced.
 */
export function withBlock(text: string, lines: readonly string[], where: 'first' | 'last' = 'last'): string {
  const block = blockOf(lines);
  if (ownBlock.test(text)) return text.replace(ownBlock, () => block);
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  if (where === 'last') return `${whole}${block}`;
  const [head = ''] = /^(#.*\n|[ \t]*\n)*/.exec(whole) ?? [];
  return `${head}${block}${whole.slice(head.length)}`;
}

/** `/etc/fstab` with shared memory, and without block devices and swap, which a zone does not have. */
export function editFstab(text: string): string {
  const cleaned = commentOut(text, (line) => {
    const [device = '', , type = ''] = line.trim().split(/\s+/);
    return /^(\/dev\/|(PART)?(UUID|LABEL)=)/.test(device) || type === 'swap';
  });
  const hasSharedMemory = cleaned
    .split('\n')
    .some((line) => !line.startsWith('#') && line.trim().split(/\s+/)[1] === '/dev/shm');
  return hasSharedMemory ? cleaned : withBlock(cleaned, ['swapfs /dev/shm tmpfs defaults 0 0']);
}

/**
 * The platform's scripts do not change an inittab that contains these words. To any other they add a getty on the
 * console.
 */
const platformInittabMark = '# Modified by lx brand';
const terminal = /\btty(S?\d+)?\b|\bhvc\d+\b|\bvc\/\d+\b/;
/** inittab(5): id, run-levels, action, process; BusyBox has the terminal in place of the id. */
const login = /^([^#:]*):([^:]*):(respawn|askfirst):(.*(?:getty|\blogin|sh)\b.*)$/;

/**
 * `/etc/inittab` with one login on the console, in place of logins on terminals that a zone does not have, and with
 * run-level 3 in place of 5. If the console has no login, its line is made from that of the first getty, so that it
 * fits the distribution. The platform's mark keeps the platform from adding a second one.
 */
export function editInittab(text: string): string {
  // The text without our edits: a package may have added lines since we edited it.
  const whole = text.replaceAll(off, '');
  const lines = whole.replace(ownBlock, '').split('\n');
  const onTerminals = lines.filter(isOnTerminal);
  const kept = lines.find(isOnConsole);
  const graphical = lines.some(isGraphical);
  if (onTerminals.length === 0 && kept === undefined && !graphical) return text;
  const added: string[] = [];
  if (!lines.some((line) => line.includes(platformInittabMark)))
    added.push(`${platformInittabMark}: by lx-agent image prepare`);
  if (graphical) added.push('id:3:initdefault:');
  const first = onTerminals.find((line) => line.includes('getty')) ?? onTerminals[0];
  if (first !== undefined && kept === undefined) added.push(asConsoleLogin(first));
  let consoles = 0;
  const isUnwanted = (line: string) =>
    isOnTerminal(line) || isGraphical(line) || (isOnConsole(line) && ++consoles > 1);
  const around = withoutBlock(whole).map((part) => commentOut(part, isUnwanted));
  if (added.length === 0) return around.join('');
  return around.length === 1 ? withBlock(around.join(''), added) : around.join(blockOf(added));
}

/** The text before the agent's block and the text after it; the whole text if there is no block. */
function withoutBlock(text: string): readonly string[] {
  const block = ownBlock.exec(text);
  return block === null ? [text] : [text.slice(0, block.index), text.slice(block.index + block[0].length)];
}

function isOnTerminal(line: string): boolean {
  const [, id = '', , , process = ''] = login.exec(line) ?? [];
  return terminal.test(id) || terminal.test(process);
}

/** BusyBox uses the console if a line names no terminal. */
function isOnConsole(line: string): boolean {
  const match = login.exec(line);
  if (match === null || isOnTerminal(line)) return false;
  const [, id = '', , action, process = ''] = match;
  return id === '' || id === 'console' || action === 'askfirst' || /\bconsole\b/.test(process);
}

function isGraphical(line: string): boolean {
  return /^id:5:initdefault:/.test(line);
}

/**
 * The line of a login on a terminal, for the console: the first field is a short id for sysvinit, and the terminal for
 * BusyBox.
 */
function asConsoleLogin(line: string): string {
  const [, id = '', levels = '', action = '', process = ''] = login.exec(line) ?? [];
  const command = process.replaceAll(new RegExp(terminal, 'g'), 'console');
  return `${terminal.test(id) ? 'console' : 'co'}:${levels}:${action}:${command}`;
}

/** `/etc/selinux/config`, or a file like it, with SELinux off. */
export function editSelinux(text: string): string {
  if (!/^SELINUX=(?!disabled\s*$)/m.test(text)) return text;
  return withBlock(
    commentOut(text, (line) => /^SELINUX=/.test(line)),
    ['SELINUX=disabled'],
  );
}

/** A file of shell assignments with one variable set. */
export function setVariable(name: string, value: string, prefix = ''): (text: string) => string {
  const right = new RegExp(`^(export )?${name}=["']?${value}["']?\\s*$`, 'm');
  const any = new RegExp(`^(export )?${name}=`);
  return (text) =>
    right.test(text)
      ? text
      : withBlock(
          commentOut(text, (line) => any.test(line)),
          [`${prefix}${name}=${value}`],
        );
}
