import { unitText } from './assets.ts';

/** What BusyBox's init does without an inittab, as far as an instance needs it: its built-in table. */
const builtIn = `::sysinit:/etc/init.d/rcS
::askfirst:/bin/sh
::ctrlaltdel:/sbin/reboot
::shutdown:/bin/umount -a -r
`;

/** Commands of `sysinit` lines that make the file systems what the early stage needs; it comes after them. */
const mounting = /^(\/\S*\/)?(mount|mkdir|swapon|chmod|ln|mountpoint)\b/;

/**
 * An inittab of BusyBox's with both stages in it: the early one before the first `sysinit` line that does more than
 * mount file systems, the late one at the end. Anything else stays as it was; a table that has them is returned as
 * it is. `undefined` stands for no table, where init goes by its built-in one.
 */
export function inittabWithAgent(before: string | undefined): string {
  const text = before ?? builtIn;
  if (text.includes('/usr/bin/lx-agent run')) return text;
  const lines = text.replace(/\n*$/, '').split('\n');
  const firstScript = lines.findIndex((line) => {
    const command = /^[^:#]*:[^:]*:sysinit:(.*)$/.exec(line)?.[1];
    return command !== undefined && !mounting.test(command.trim());
  });
  const at = firstScript === -1 ? lines.length : firstScript;
  const unit = (name: string) => unitText(`busybox/${name}`).trimEnd();
  return `${[...lines.slice(0, at), unit('inittab-early'), ...lines.slice(at), unit('inittab-late')].join('\n')}\n`;
}
