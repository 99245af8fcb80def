import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unitText } from '../../agent/image/assets.ts';
import { kernelProbe, refusals } from '../../agent/image/kernel-probe.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';

const everything = Object.values(refusals).reduce((bits, bit) => bits | bit, 0);
const dropIn = 'zz-lx-agent.conf';

/** A root with systemd of a version, and a kernel that refuses what the bits say. */
interface Machine {
  readonly systemd?: number | undefined;
  readonly refused?: number;
  readonly tree?: Tree;
  readonly name?: string;
}

/** Run the generator as systemd does, with a root in place of `/`, and give what it wrote: path → lines. */
function generate({
  systemd = 257,
  refused = everything,
  tree = {},
  name = 'system-generators',
}: Machine = {}) {
  const root = temporaryRoot({
    [`/usr/lib/systemd/libsystemd-shared-${systemd}.so`]: '',
    '/usr/lib/lx-agent/kernel-probe': `#!/bin/sh\nexit ${refused}\n`,
    '/run/generator': null,
    ...tree,
  });
  const script = join(root, name, 'lx-agent');
  const text = unitText('systemd/lx-agent-generator').replaceAll(
    /(?<=^|[\s"$])\/(?=etc\/|run\/|usr\/l|usr\/share|lib\b|proc\/)/gm,
    `${root}/`,
  );
  plant(root, { [`/${name}/lx-agent`]: text.replace(/^PATH=/m, `PATH=${root}/bin:`) });
  for (const path of [script, join(root, 'usr/lib/lx-agent/kernel-probe'), join(root, 'bin/systemctl')])
    if (existsSync(path)) chmodSync(path, 0o755);
  const out = join(root, 'run/generator');
  const folders = ['', '.early', '.late'].map((kind) => `${out}${kind}`);
  const { status, stdout, stderr } = spawnSync(script, folders, {
    env: { HOME: join(root, 'home') },
    encoding: 'utf8',
    timeout: 20_000,
  });
  const written = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return {
    root,
    ended: { status, stdout, stderr },
    files: Object.fromEntries(
      written.map((path) => [
        path.slice(out.length + 1),
        readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#')),
      ]),
    ),
  };
}

const golden = (systemd: number) =>
  readFileSync(join(import.meta.dirname, `golden/generator-${systemd}.txt`), 'utf8');

const well = { status: 0, stdout: '', stderr: '' };
const sandboxed = '[Service]\nNoNewPrivileges=yes\nPrivateUsers=yes\n';

describe('the probe', () => {
  it('is told by this kernel that nothing is refused', () => {
    const path = join(temporaryRoot({ probe: '' }), 'probe');
    writeFileSync(path, kernelProbe());
    chmodSync(path, 0o755);
    expect(spawnSync(path)).toMatchObject({ status: 0, signal: null });
  });
});

describe('where the kernel refuses nothing', () => {
  it('writes nothing', () => {
    expect(generate({ refused: 0, tree: { '/usr/lib/systemd/system/a.service': sandboxed } })).toMatchObject({
      ended: well,
      files: {},
    });
  });

  it('writes nothing where the probe cannot tell and /proc is that of Linux', () => {
    for (const refused of [126, 127, 159]) {
      const { ended, files } = generate({ refused, tree: { '/proc/self/ns/mnt': '' } });
      expect({ ended, files }).toEqual({ ended: well, files: {} });
    }
  });
});

it('goes by /proc where the probe cannot tell', () => {
  expect(Object.keys(generate({ refused: 126 }).files)).toContain(`service.d/${dropIn}`);
});

describe('on systemd 244 and later, one drop-in for each type', () => {
  it.each([244, 245, 247, 250, 252, 254, 257, 258])('systemd %i', async (systemd) => {
    const { ended, files } = generate({ systemd });
    expect(ended).toEqual(well);
    expect(Object.keys(files).sort()).toEqual(
      ['mount', 'service', 'socket', 'swap'].map((type) => `${type}.d/${dropIn}`),
    );
    const [section, ...settings] = files[`service.d/${dropIn}`] ?? [];
    expect(section).toBe('[Service]');
    await expect(`${settings.join('\n')}\n`).toMatchFileSnapshot(`golden/generator-${systemd}.txt`);
    expect(files[`swap.d/${dropIn}`]).toEqual(['[Swap]', ...settings]);
  });

  it.each([
    ['userNamespaces', ['PrivateUsers=no']],
    ['setns', ['NetworkNamespacePath=', 'IPCNamespacePath=']],
    ['timerSlack', ['TimerSlackNSec=infinity', 'MemoryKSM=']],
  ] as const)('takes back what needs %s alone where only that is refused', (what, settings) => {
    const { files } = generate({
      refused: refusals[what],
      tree: { '/proc/self/coredump_filter': '' },
    });
    expect(files[`service.d/${dropIn}`]).toEqual(['[Service]', ...settings]);
  });

  it('takes back what needs noNewPrivileges alone, and the filters that imply it for a user', () => {
    const { files } = generate({
      refused: refusals.noNewPrivileges,
      tree: { '/proc/self/coredump_filter': '' },
    });
    const [section, first, second, ...others] = files[`service.d/${dropIn}`] ?? [];
    expect([section, first, second]).toEqual(['[Service]', 'NoNewPrivileges=no', 'SystemCallFilter=']);
    expect(others.filter((line) => !/^(SystemCall|Restrict|Protect|Private|Memory|Lock)/.test(line))).toEqual(
      [],
    );
  });

  it('goes by the older of two libraries, for that systemd may still be running', () => {
    const { files } = generate({ tree: { '/usr/lib64/systemd/libsystemd-shared-247.9-1.fc33.so': '' } });
    expect(files[`service.d/${dropIn}`]).not.toContain('ImportCredential=');
  });
});

describe('before systemd 244, a drop-in for each unit that needs one', () => {
  const generated = (tree: Tree, systemd = 241) => {
    const { ended, files } = generate({ systemd, tree });
    expect(ended).toEqual(well);
    return Object.keys(files).sort();
  };

  it('finds units, templates and the drop-ins of packages, wherever unit files lie', () => {
    expect(
      generated({
        '/usr/lib/systemd/system/a.service': sandboxed,
        '/usr/lib/systemd/system/b@.service': '[Service]\n  SystemCallFilter = @system-service\n',
        '/usr/lib/systemd/system/c.service': '[Service]\nExecStart=/bin/c\n',
        '/usr/lib/systemd/system/c.service.d/10-sandbox.conf': sandboxed,
        '/usr/lib/systemd/system/d.service': '[Service]\n#NoNewPrivileges=yes\nExecStart=/bin/d\n',
        '/lib/systemd/system/e.socket': '[Socket]\nPrivateDevices=yes\n',
        '/etc/systemd/system/f.mount': '[Mount]\nLockPersonality=yes\n',
        '/usr/local/lib/systemd/system/g.swap': '[Swap]\nRestrictRealtime=yes\n',
        '/run/systemd/system/h\\x2di.service': sandboxed,
        '/usr/lib/systemd/system/j.timer': '[Timer]\nNoNewPrivileges=yes\n',
      }),
    ).toEqual(
      ['a.service', 'b@.service', 'c.service', 'e.socket', 'f.mount', 'g.swap', 'h\\x2di.service'].map(
        (unit) => `${unit}.d/${dropIn}`,
      ),
    );
  });

  it('writes one for each name of a unit, so that it matters not by which it is asked for', () => {
    expect(
      generated({
        '/usr/lib/systemd/system/a.service': sandboxed,
        '/etc/systemd/system/b.service': '-> ../../../usr/lib/systemd/system/a.service',
        '/opt/c/unit.service': sandboxed,
        '/etc/systemd/system/c.service': '-> ../../../opt/c/unit.service',
        '/etc/systemd/system/multi-user.target.wants/a.service':
          '-> ../../../../usr/lib/systemd/system/a.service',
      }),
    ).toEqual(['a.service', 'b.service', 'c.service'].map((unit) => `${unit}.d/${dropIn}`));
  });

  it('writes only what this systemd knows', async () => {
    for (const systemd of [219, 229, 234, 241]) {
      const { files } = generate({
        systemd,
        tree: { '/usr/lib/systemd/system/a.service': sandboxed },
      });
      await expect(`${files[`a.service.d/${dropIn}`]?.join('\n')}\n`).toMatchFileSnapshot(
        `golden/generator-${systemd}.txt`,
      );
    }
  });

  it.each([
    ['systemd 229\n+PAM +AUDIT\n', 229],
    ['systemd 241 (241)\n+PAM +AUDIT\n', 241],
    ['', 219],
  ])('asks systemctl where systemd has no library of its own: %j', (said, like) => {
    const { ended, files } = generate({
      systemd: Number.NaN,
      tree: {
        '/usr/lib/systemd/system/a.service': sandboxed,
        '/bin/systemctl': `#!/bin/sh\nprintf '%s' '${said}'\n`,
      },
    });
    expect(ended).toEqual(well);
    expect(`${files[`a.service.d/${dropIn}`]?.join('\n')}\n`).toBe(golden(like));
  });
});

describe('what the administrator says stays', () => {
  const without = (settings: readonly string[] | undefined, all: readonly string[] | undefined) =>
    all?.filter((line) => !settings?.includes(line));

  it.each([
    ['of a unit', 'a.service', 'a.service'],
    ['of one instance', 'a@b.service', 'a@b.service'],
    ['of a template', 'a@.service', 'a@.service'],
    ['of all units whose names begin so', 'a-.service', 'a-.service'],
  ])('in a drop-in %s', (_, folder, unit) => {
    const { ended, files } = generate({
      tree: { [`/etc/systemd/system/${folder}.d/10-mine.conf`]: '[Service]\nNoNewPrivileges=yes\n' },
    });
    expect(ended).toEqual(well);
    const all = files[`service.d/${dropIn}`];
    expect(all).toContain('NoNewPrivileges=no');
    expect(without(files[`${unit}.d/${dropIn}`], all)).toEqual(['NoNewPrivileges=no']);
  });

  it('in a drop-in of all services', () => {
    const { files } = generate({
      tree: { '/run/systemd/system/service.d/mine.conf': '[Service]\n  PrivateUsers = yes\n' },
    });
    expect(without(files[`service.d/${dropIn}`], files[`socket.d/${dropIn}`])).toEqual([
      '[Socket]',
      'PrivateUsers=no',
    ]);
  });

  it('in several drop-ins that are for one unit together', () => {
    const { files } = generate({
      tree: {
        '/etc/systemd/system/a@b.service.d/1.conf': '[Service]\nNoNewPrivileges=yes\n',
        '/etc/systemd/system/a@.service.d/1.conf': '[Service]\nPrivateUsers=yes\n',
        '/etc/systemd/system.control/service.d/1.conf': '[Service]\nMemoryKSM=yes\n',
      },
    });
    const all = files[`socket.d/${dropIn}`];
    expect(without(files[`a@b.service.d/${dropIn}`], all)?.sort()).toEqual([
      'MemoryKSM=',
      'NoNewPrivileges=no',
      'PrivateUsers=no',
      '[Socket]',
    ]);
    expect(without(files[`a@.service.d/${dropIn}`], all)?.sort()).toEqual([
      'MemoryKSM=',
      'PrivateUsers=no',
      '[Socket]',
    ]);
  });

  it('under whichever of its names the unit has the drop-in', () => {
    const { files } = generate({
      systemd: 241,
      tree: {
        '/usr/lib/systemd/system/a.service': sandboxed,
        '/etc/systemd/system/b.service': '-> ../../../usr/lib/systemd/system/a.service',
        '/etc/systemd/system/b.service.d/mine.conf': '[Service]\nNoNewPrivileges=yes\n',
      },
    });
    expect(files[`a.service.d/${dropIn}`]).toEqual(files[`b.service.d/${dropIn}`]);
    expect(files[`a.service.d/${dropIn}`]).not.toContain('NoNewPrivileges=no');
  });

  it('in /etc/lx-agent/generator.off', () => {
    expect(generate({ tree: { '/etc/lx-agent/generator.off': '' } })).toMatchObject({
      ended: well,
      files: {},
    });
  });
});

describe('for the service manager of a user', () => {
  it('takes back the same, and the user is the administrator', () => {
    const { ended, files } = generate({
      name: 'user-generators',
      tree: { '/home/.config/systemd/user/a.service.d/mine.conf': '[Service]\nNoNewPrivileges=yes\n' },
    });
    expect(ended).toEqual(well);
    expect(files[`service.d/${dropIn}`]).toContain('SystemCallFilter=');
    expect(files[`a.service.d/${dropIn}`]).not.toContain('NoNewPrivileges=no');
  });
});

describe('a failure costs the drop-ins and nothing else', () => {
  it('without a folder to write into', () => {
    const path = join(temporaryRoot({ generator: unitText('systemd/lx-agent-generator') }), 'generator');
    for (const argv of [[], ['/nowhere/to/be/found']]) {
      const { status, stderr } = spawnSync('/bin/sh', [path, ...argv], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });

  it('with unit files and drop-ins that are none: folders, FIFOs, dangling links, binary files', () => {
    const tree: Tree = {
      '/usr/lib/systemd/system/folder.service/file': '',
      '/usr/lib/systemd/system/dangling.service': '-> nowhere',
      '/usr/lib/systemd/system/loop.service': '-> loop.service',
      '/usr/lib/systemd/system/binary.service': '\0\xff\nNoNewPrivileges=yes\n',
      '/usr/lib/systemd/system/good.service': sandboxed,
      '/etc/systemd/system/a.service.d/dangling.conf': '-> nowhere',
    };
    const root = temporaryRoot();
    mkdirSync(join(root, 'fifos'));
    expect(spawnSync('mkfifo', [join(root, 'fifos/fifo')]).status).toBe(0);
    const { ended, files } = generate({
      systemd: 241,
      tree: {
        ...tree,
        '/usr/lib/systemd/system/fifo.service': `-> ${join(root, 'fifos/fifo')}`,
        '/etc/systemd/system/a.service.d/fifo.conf': `-> ${join(root, 'fifos/fifo')}`,
      },
    });
    expect(ended).toEqual(well);
    expect(Object.keys(files)).toContain(`good.service.d/${dropIn}`);
  });
});
