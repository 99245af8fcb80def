import type { ReadableRoot } from '../system/system.ts';

const databasePath = '/var/lib/dpkg/diversions';

/** Programs that a container build replaces by ones that do nothing, so that packages start no services. */
const programs = /\/(initctl|start-stop-daemon|invoke-rc\.d|service|systemctl|ischroot|runlevel)$/;

/** A program that the builder diverted, dpkg-divert(1). */
export interface Diversion {
  readonly path: string;
  /** The path of the program itself; undefined if it is not installed. */
  readonly program: string | undefined;
}

/** Local diversions of programs that start services. Ubuntu's container images divert initctl. */
export function serviceDiversions(root: ReadableRoot): readonly Diversion[] {
  return entriesOf(root.readText(databasePath) ?? '')
    .filter(isUndone)
    .map(([path, diverted]) => ({
      path,
      program: root.entry(diverted) === undefined ? undefined : diverted,
    }));
}

/** dpkg's database without them. */
export const diversions = {
  path: databasePath,
  without: (text: string): string => {
    const kept = entriesOf(text).filter((entry) => !isUndone(entry));
    return kept.length === entriesOf(text).length
      ? text
      : kept.map((entry) => `${entry.join('\n')}\n`).join('');
  },
};

type Entry = readonly [path: string, diverted: string, owner: string];

/** An entry has three lines. The owner `:` marks a local diversion, which an administrator made. */
function entriesOf(text: string): readonly Entry[] {
  const lines = text.split('\n');
  const entries: Entry[] = [];
  for (let index = 0; index + 2 < lines.length; index += 3)
    entries.push([lines[index] ?? '', lines[index + 1] ?? '', lines[index + 2] ?? '']);
  return entries;
}

function isUndone([path, , owner]: Entry): boolean {
  return owner === ':' && programs.test(path);
}
