import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withManualLoopback } from '../../agent/image/rules/loopback.ts';
import { imageCommand } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const prepared = async (tree: Tree) => {
  const root = temporaryRoot({ ...debianSystemd, ...tree });
  for (const _ of [1, 2]) await imageCommand(['prepare', '--root', root, '--only', 'ifupdown-loopback']);
  return (path: string) => readFileSync(join(root, path), 'utf8');
};

describe('the loopback of ifupdown', () => {
  it.each([
    [
      'auto lo\niface lo inet loopback\n',
      'auto lo\n#lx-agent# iface lo inet loopback\niface lo inet manual\n',
    ],
    [
      'iface lo inet6 loopback  \n\tmtu 1500\n',
      '#lx-agent# iface lo inet6 loopback  \niface lo inet6 manual\n\tmtu 1500\n',
    ],
    ['iface lo inet manual\n', 'iface lo inet manual\n'],
    ['# iface lo inet loopback\n', '# iface lo inet loopback\n'],
    ['iface lo:1 inet static\n', 'iface lo:1 inet static\n'],
    ['iface eth0 inet loopback\n', 'iface eth0 inet loopback\n'],
  ])('%j becomes %j, and stays so', (before, after) => {
    expect(withManualLoopback(before)).toBe(after);
    expect(withManualLoopback(after)).toBe(after);
  });

  it('is defined where no file does, for ifupdown would define it by itself', async () => {
    const file = await prepared({});
    expect(file('etc/network/interfaces')).toBe(
      '# lx-agent: begin\nauto lo\niface lo inet manual\n# lx-agent: end\nsource /etc/network/interfaces.d/*\n',
    );
  });

  it('is changed in the file that defines it', async () => {
    const file = await prepared({ '/etc/network/interfaces.d/lo': 'auto lo\niface lo inet loopback\n' });
    expect(file('etc/network/interfaces')).toBe('source /etc/network/interfaces.d/*\n');
    expect(file('etc/network/interfaces.d/lo')).toContain('\niface lo inet manual\n');
  });
});
