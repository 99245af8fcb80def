import { describe, expect, test } from 'vitest';
import { unitText } from '../../agent/image/assets.ts';
import { unitChanges } from '../../agent/image/units.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { skeletons } from '../support/root-skeletons.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { HeaderError, readChkconfigHeader } from './chkconfig-header.ts';

const names = ['lx-agent-early', 'lx-agent-late'] as const;
const script = (name: string) => unitText(`redhat6/${name}`);

describe('the rc scripts of Red Hat 6', () => {
  test('begin before the network and sshd, and after both', () => {
    // The priorities of Red Hat 6's own: S10network, S55sshd.
    const [early, late] = names.map((name) => readChkconfigHeader(script(name)));
    expect(early).toMatchObject({ levels: '2345', start: 0, stop: 99 });
    expect(late).toMatchObject({ levels: '2345', start: 56, stop: 1 });
  });

  test.each(names)('%s has the links that chkconfig --add would make of its header', (name) => {
    const { levels, start, stop } = readChkconfigHeader(script(name));
    const root = openRoot(temporaryRoot(skeletons['CentOS 6, Upstart and rc scripts']));
    const links = unitChanges(root, 'upstart').flatMap((change) =>
      change.kind === 'link' && change.path.endsWith(name) ? [change.path] : [],
    );
    const two = (priority: number) => String(priority).padStart(2, '0');
    const expected = [...'0123456'].map((level) =>
      levels.includes(level)
        ? `/etc/rc.d/rc${level}.d/S${two(start)}${name}`
        : `/etc/rc.d/rc${level}.d/K${two(stop)}${name}`,
    );
    expect(links.toSorted()).toEqual(expected.toSorted());
  });

  test('the late one leaves the mark without which rc does not stop it, and takes it away', () => {
    const text = script('lx-agent-late');
    expect(text).toContain('mark=/var/lock/subsys/lx-agent-late\n');
    expect(text).toContain('&& touch "$mark"');
    expect(text).toContain('rm -f "$mark"');
  });
});

describe.each(names)('a slip in the header of %s', (name) => {
  const text = script(name);

  test.each([
    ['a misspelt keyword', (all: string) => all.replace('chkconfig:', 'chkconfg:')],
    ['a runlevel that is none', (all: string) => all.replace('2345', '2347')],
    ['a runlevel twice', (all: string) => all.replace('2345', '2335')],
    ['one priority', (all: string) => all.replace(/(chkconfig: \d+ \d+) \d+/, '$1')],
    ['a priority of three digits', (all: string) => all.replace(/(chkconfig: \d+) \d+/, '$1 100')],
    ['no description', (all: string) => all.replace('description:', 'descripton:')],
    ['code before the header', (all: string) => all.replace('\n#', '\nset -e\n#')],
    ['a second header', (all: string) => all.replace(/(# chkconfig:.*\n)/, '$1$1')],
  ])('is refused: %s', (_, slip) => {
    expect(slip(text)).not.toBe(text);
    expect(() => readChkconfigHeader(slip(text))).toThrow(HeaderError);
  });
});
