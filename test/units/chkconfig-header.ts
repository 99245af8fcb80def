/**
 * A strict reader of the header that chkconfig(8) of Red Hat 6 goes by: in the comments at the head of a script, the
 * runlevels with both priorities, and a description that goes on after a backslash.
 */
export interface ChkconfigHeader {
  readonly levels: string;
  readonly start: number;
  readonly stop: number;
  readonly description: string;
}

export class HeaderError extends Error {}

/** Read a script's header. Throws HeaderError for one that chkconfig refuses, or takes for something else. */
export function readChkconfigHeader(script: string): ChkconfigHeader {
  const lines = script.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const comments = lines.slice(1, end === -1 ? undefined : end).map((line) => line.slice(1).trim());
  if (!lines[0]?.startsWith('#!/')) throw new HeaderError('no #! line');

  const [levelsLine = '', ...more] = comments.filter((line) => line.startsWith('chkconfig:'));
  if (more.length > 0) throw new HeaderError('chkconfig: a second time');
  const [, levels, start, stop] = /^chkconfig: ([0-6]+|-) (\d\d) (\d\d)$/.exec(levelsLine) ?? [];
  if (levels === undefined || start === undefined || stop === undefined)
    throw new HeaderError(`no runlevels and priorities: ${levelsLine}`);
  if (new Set(levels).size !== levels.length) throw new HeaderError(`a runlevel twice: ${levels}`);

  return { levels, start: Number(start), stop: Number(stop), description: description(comments) };
}

function description(comments: readonly string[]): string {
  const from = comments.findIndex((line) => line.startsWith('description:'));
  if (from === -1) throw new HeaderError('no description');
  const text: string[] = [];
  for (const line of comments.slice(from)) {
    text.push(
      line
        .replace(/^description:/, '')
        .replace(/\\$/, '')
        .trim(),
    );
    if (!line.endsWith('\\')) break;
  }
  const whole = text.join(' ').trim();
  if (whole === '' || /chkconfig:/.test(whole)) throw new HeaderError(`no description: ${whole}`);
  return whole;
}
