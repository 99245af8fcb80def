import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editFstab, editInittab, editSelinux, setVariable, withBlock } from '../../agent/image/edits.ts';

const edits = [
  ['fstab', editFstab],
  ['inittab', editInittab],
  ['selinux', editSelinux],
  ['a variable', setVariable('NETWORKING', 'yes')],
  ['a block at the end', (text: string) => withBlock(text, ['one', 'two'])],
  ['a block at the head', (text: string) => withBlock(text, ['one', 'two'], 'first')],
] as const;

const line = fc.oneof(
  fc.constantFrom(
    '/dev/sda1 / ext4 defaults 0 1',
    'UUID=0a1b /boot ext4 defaults 0 2',
    'none swap swap sw 0 0',
    'tmpfs /dev/shm tmpfs defaults 0 0',
    'id:5:initdefault:',
    '1:2345:respawn:/sbin/getty 38400 tty1',
    'tty1::respawn:/sbin/getty 38400 tty1',
    'co:2345:respawn:/sbin/getty 38400 console',
    '::respawn:/sbin/getty 38400 console',
    'tty2::askfirst:-/bin/sh',
    '# Modified by lx brand',
    'SELINUX=enforcing',
    'SELINUX=disabled',
    'NETWORKING=no',
    '# a comment',
    '#!/bin/sh',
    '',
  ),
  fc.string({ maxLength: 20 }).filter((text) => !text.includes('\n')),
);
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.map((one) => `${one}\n`).join(''));

describe.each(edits)('editing %s', (_name, edit) => {
  it('has nothing left to do the second time', () => {
    fc.assert(
      fc.property(text, (before) => {
        const once = edit(before);
        expect(edit(once)).toBe(once);
      }),
    );
  });

  it("keeps every line of somebody else's, as it is or behind a mark", () => {
    fc.assert(
      fc.property(text, (before) => {
        const after = edit(before)
          .split('\n')
          .map((one) => one.replace(/^#lx-agent# /, ''));
        let at = 0;
        for (const one of before.split('\n').filter((part) => part !== '')) {
          at = after.indexOf(one, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
      }),
    );
  });
});

it('leaves an fstab alone that mounts shared memory and names no device', () => {
  const text = 'proc /proc proc defaults 0 0\ntmpfs /dev/shm tmpfs size=1g 0 0\n';
  expect(editFstab(text)).toBe(text);
});

describe('an inittab that has its login on the console already', () => {
  const mark = '# lx-agent: begin\n# Modified by lx brand: by lx-agent image prepare\n# lx-agent: end\n';

  it.each([
    ["lx-images' Alpine", '::sysinit:/sbin/openrc sysinit\n::respawn:/sbin/getty 38400 console\n'],
    ['Debian with sysvinit', 'id:2:initdefault:\n1:2345:respawn:/sbin/getty 38400 console\n'],
    ['SUSE with mingetty', 'id:3:initdefault:\ncons:1235:respawn:/sbin/mingetty console\n'],
    ['BusyBox with a shell', '::sysinit:/etc/init.d/rcS\n::askfirst:-/bin/sh\n'],
  ])('gets the mark by which the platform adds no second one: %s', (_name, text) => {
    expect(editInittab(text)).toBe(`${text}${mark}`);
  });

  it('is left as it is where the platform has put its own mark', () => {
    const text =
      '# Disabled by lx brand: 1:2345:respawn:/sbin/getty 38400 tty1\n1:2345:respawn:/sbin/getty 38400 console\n# Modified by lx brand\n';
    expect(editInittab(text)).toBe(text);
  });

  it('loses the second one that the platform has added', () => {
    const text =
      '::respawn:/sbin/getty 38400 console\nconsole::respawn:/sbin/getty 38400 console\n# Modified by lx brand\n';
    expect(editInittab(text)).toBe(text.replace('\nconsole:', '\n#lx-agent# console:'));
  });
});

it('leaves an inittab alone that has no login at all', () => {
  const text = 'id:3:initdefault:\nsi::sysinit:/etc/init.d/rcS\n';
  expect(editInittab(text)).toBe(text);
});

it("takes BusyBox's shells off the virtual terminals, too", () => {
  expect(editInittab('::askfirst:-/bin/sh\ntty2::askfirst:-/bin/sh\n')).toContain(
    '\n#lx-agent# tty2::askfirst:-/bin/sh\n',
  );
});

describe('an inittab to which a package adds lines after the image was prepared', () => {
  it('has all that one has which had them before', () => {
    const linesOf = (content: string) => content.split('\n').sort();
    fc.assert(
      fc.property(text, text, (before, more) => {
        expect(linesOf(editInittab(editInittab(before) + more))).toEqual(linesOf(editInittab(before + more)));
      }),
    );
  });

  it('keeps its run-level and its getty on the console', () => {
    const prepared = editInittab('id:5:initdefault:\n1:2345:respawn:/sbin/getty 38400 tty1\n');
    expect(editInittab(`${prepared}T0:23:respawn:/sbin/getty -L ttyS0 9600 vt100\n`)).toBe(
      `${prepared}#lx-agent# T0:23:respawn:/sbin/getty -L ttyS0 9600 vt100\n`,
    );
  });
});

describe('fstab', () => {
  it.each([
    'none swap swap sw 0 0',
    'swapfile none swap defaults 0 0',
    '/dev/sda1 / ext4 defaults 0 1',
    'UUID=0a1b /boot ext4 defaults 0 2',
    'PARTUUID=0a1b /boot ext4 defaults 0 2',
    'LABEL=root / ext4 defaults 0 1',
    'PARTLABEL=root / ext4 defaults 0 1',
  ])('has no block device and no swap: %s', (line) => {
    expect(editFstab(`${line}\n`).split('\n')).toContain(`#lx-agent# ${line}`);
  });

  it.each(['192.0.2.9:/srv /srv nfs defaults 0 0', 'tmpfs /tmp tmpfs size=1g 0 0', '# UUID=0a1b / ext4'])(
    'keeps what a zone can mount: %s',
    (line) => {
      expect(editFstab(`${line}\n`).split('\n')).toContain(line);
    },
  );

  it('mounts shared memory, once', () => {
    const shared = 'swapfs /dev/shm tmpfs defaults 0 0';
    expect(editFstab('').split('\n')).toContain(shared);
    expect(editFstab('# tmpfs /dev/shm tmpfs\n').split('\n')).toContain(shared);
    expect(editFstab('tmpfs /dev/shm tmpfs defaults 0 0\n')).toBe('tmpfs /dev/shm tmpfs defaults 0 0\n');
  });
});
