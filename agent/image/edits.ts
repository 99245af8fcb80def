/** What the agent puts before a line that it takes out of somebody else's file, so that a person sees who did it. */
const offMark = '#lx-agent# ';

/** Take lines out of a text by commenting them out, once. */
export function commentOut(text: string, unwanted: (line: string) => boolean): string {
  return text
    .split('\n')
    .map((line) => (!line.startsWith('#') && unwanted(line) ? `${offMark}${line}` : line))
    .join('\n');
}

const off = new RegExp(`^${offMark}`, 'gm');
const ownBlock = /^# lx-agent: begin\n[\s\S]*?^# lx-agent: end\n/m;

/** A block of lines between marks, at the end of a text or after the comments at its head; replaced where it is already. */
export function withBlock(text: string, lines: readonly string[], where: 'first' | 'last' = 'last'): string {
  const block = `# lx-agent: begin\n${lines.join('\n')}\n# lx-agent: end\n`;
  if (ownBlock.test(text)) return text.replace(ownBlock, () => block);
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  if (where === 'last') return `${whole}${block}`;
  const [head = ''] = /^(#.*\n|[ \t]*\n)*/.exec(whole) ?? [];
  return `${head}${block}${whole.slice(head.length)}`;
}

/** `/etc/fstab` without block devices and swap, which a zone has not, and with shared memory. */
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

/** The platform's scripts leave an inittab alone that holds these words. */
const platformInittabMark = '# Modified by lx brand';
const terminal = /\btty(S?\d+)?\b|\bhvc\d+\b|\bvc\/\d+\b/;
/** inittab(5): id, run-levels, action, process. */
const getty = /^([^#:]*):([^:]*):respawn:(.*getty\b.*)$/;

/**
 * `/etc/inittab` with one getty, on the console, in place of those on terminals that a zone has not; and run-level 3
 * in place of 5. The console's line is the first getty's own, so that it fits the distribution: sysvinit's form has
 * a short id first, BusyBox's the terminal.
 */
export function editInittab(text: string): string {
  // As it would be without us: a package may have put more beside what was edited before.
  const lines = text.replace(ownBlock, '').replaceAll(off, '').split('\n');
  const onTerminal = (line: string) => {
    const [, id = '', , process = ''] = getty.exec(line) ?? [];
    return terminal.test(id) || terminal.test(process);
  };
  const first = getty.exec(lines.find(onTerminal) ?? '');
  const isGraphical = (line: string) => /^id:5:initdefault:/.test(line);
  const graphical = lines.some(isGraphical);
  if (first === null && !graphical) return text;
  const edited = commentOut(text, (line) => onTerminal(line) || isGraphical(line));
  const added = [`${platformInittabMark}: by lx-agent image prepare`];
  if (graphical) added.push('id:3:initdefault:');
  if (first !== null && !lines.some((line) => getty.test(line) && /\bconsole\b/.test(line))) {
    const [, id = '', levels = '', process = ''] = first;
    const consoleId = terminal.test(id) ? 'console' : 'co';
    const command = process.replaceAll(new RegExp(terminal, 'g'), 'console');
    added.push(`${consoleId}:${levels}:respawn:${command}`);
  }
  return withBlock(edited, added);
}

/** `/etc/selinux/config` (and its like) with SELinux off. */
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
