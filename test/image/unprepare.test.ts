import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageCommand, testSource } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { families } from '../support/roots/families.ts';
import { alpine } from '../support/roots/others.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';

const record = 'var/lib/lx-agent/prepare.json';

/** A root on which image commands work one after the other; clean is left out, which nothing takes back. */
function image(tree: Tree = debianSystemd) {
  const root = temporaryRoot(tree);
  const source = testSource();
  const before = snapshot(root);
  return {
    root,
    before,
    path: (name: string) => join(root, name),
    run: async (verb: string, ...more: readonly string[]) =>
      await imageCommand([verb, '--root', root, ...more], source),
  };
}

/** What is in the backups, in the order of the paths that it was taken from. */
function backups(root: string): string[] {
  const folder = join(root, 'var/lib/lx-agent/backup');
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .map((name) =>
      lstatSync(name).isSymbolicLink() ? `-> ${readlinkSync(name)}` : readFileSync(name, 'utf8'),
    );
}

/** Not all of these roots have an init system. */
const options: Readonly<Record<string, readonly string[]>> = {
  prepare: ['--skip', 'clean'],
  install: ['--without-init'],
};

const orders = [
  ['prepare', 'unprepare'],
  ['prepare', 'prepare', 'unprepare', 'unprepare'],
  ['install', 'prepare', 'uninstall', 'unprepare'],
  ['install', 'prepare', 'unprepare', 'uninstall'],
  ['prepare', 'install', 'unprepare', 'uninstall'],
  ['prepare', 'install', 'uninstall', 'unprepare'],
  ['install', 'prepare', 'install', 'prepare', 'unprepare', 'prepare', 'uninstall', 'unprepare'],
] as const;

describe.each(families)('%s', (_name, tree) => {
  it.each(orders.map((verbs) => [verbs.join(', '), verbs] as const))(
    'is as it was, byte for byte, after %s',
    async (_order, verbs) => {
      const { root, before, run } = image(tree);
      for (const verb of verbs) {
        const said = await run(verb, ...(options[verb] ?? []));
        expect({ verb, exit: said.exit }).toEqual({ verb, exit: 0 });
        expect(said.words).not.toMatch(/^kept: \//m);
      }
      expect(snapshot(root)).toEqual(before);
    },
  );

  it('differs after all rules in what unprepare names, and in nothing else', async () => {
    const { root, before, run } = image(tree);
    await run('prepare');
    const cleaned = Object.keys(JSON.parse(readFileSync(join(root, record), 'utf8')).cleaned);
    const { words } = await run('unprepare');
    for (const rule of cleaned) expect(words).toContain(`not undone: clean/${rule}, `);
    const other = image(tree);
    await other.run('prepare', '--only', cleaned.length === 0 ? 'docker-mark' : 'clean');
    await other.run('unprepare');
    expect(snapshot(root)).toEqual(snapshot(other.root));
    expect(Object.keys(before).length).toBeGreaterThan(0);
  });

  it('is shown what would be put back, and not touched', async () => {
    const { root, run } = image(tree);
    await run('prepare', '--skip', 'clean');
    const prepared = snapshot(root);
    const shown = await run('unprepare', '--dry-run');
    expect(snapshot(root)).toEqual(prepared);
    const { stdout } = await run('unprepare', '--json');
    const { back } = JSON.parse(stdout);
    expect(back.length).toBeGreaterThan(10);
    for (const path of back) expect(shown.words).toContain(`restore    ${path}`);
  });
});

describe('unprepare', () => {
  it('keeps and names what somebody changed since', async () => {
    const { path, run } = image();
    await run('prepare');
    writeFileSync(path('etc/fstab'), 'mine\n');
    rmSync(path('etc/systemd/system/systemd-udevd.service'), { force: true });
    mkdirSync(path('native/usr/lib'), { recursive: true });
    const { exit, words } = await run('unprepare');
    expect(exit).toBe(0);
    expect(words).toContain('kept: /etc/fstab, edited by hand since');
    expect(words).toContain('kept: /native/usr, it is not empty');
    expect(readFileSync(path('etc/fstab'), 'utf8')).toBe('mine\n');
  });

  it('with --force takes over what somebody changed since, and keeps it in a backup', async () => {
    const { root, before, path, run } = image();
    await run('prepare', '--skip', 'clean');
    const added = Object.keys(snapshot(root)).find((one) => one.endsWith('/systemd-udevd.service')) ?? '';
    writeFileSync(path('etc/fstab'), 'mine\n');
    rmSync(path(added));
    writeFileSync(path(added), 'mine too\n');
    const prepared = snapshot(root);
    const shown = await run('unprepare', '--force', '--dry-run');
    expect(snapshot(root)).toEqual(prepared);
    const { exit, words } = await run('unprepare', '--force');
    expect(exit).toBe(0);
    for (const taken of ['/etc/fstab', added]) {
      expect(shown.words).toContain(`restore    ${taken}`);
      expect(words).toContain(`undone: ${taken}, edited since; a backup is in /var/lib/lx-agent/backup`);
    }
    expect(words).not.toContain('kept: ');
    expect(backups(root)).toEqual(['mine\n', 'mine too\n']);
    expect(snapshot(root)).toMatchObject(before);
  });

  it('with --force restores what somebody removed', async () => {
    const { root, before, path, run } = image();
    await run('prepare', '--skip', 'clean');
    rmSync(path('etc/fstab'));
    await run('unprepare', '--force');
    expect(snapshot(root)).toEqual(before);
  });

  it('takes only our lines out of a file that others have edited, too', async () => {
    const { path, run } = image({ ...debianSystemd, '/etc/fstab': '/dev/sda1 / ext4 defaults 0 1\n# end\n' });
    await run('prepare');
    appendFileSync(path('etc/fstab'), 'proc /proc proc defaults 0 0\n');
    const { words } = await run('unprepare');
    expect(words).toContain('edited since: /etc/fstab; those edits stay');
    expect(readFileSync(path('etc/fstab'), 'utf8')).toBe(
      '/dev/sda1 / ext4 defaults 0 1\n# end\nproc /proc proc defaults 0 0\n',
    );
  });

  it('takes back to what somebody made of a file between two preparations', async () => {
    const { path, run } = image();
    await run('prepare');
    writeFileSync(path('etc/fstab'), '/dev/sdb1 /data ext4 defaults 0 1\n');
    await run('prepare');
    expect(readFileSync(path('etc/fstab'), 'utf8')).toContain('#lx-agent# /dev/sdb1');
    await run('unprepare');
    expect(readFileSync(path('etc/fstab'), 'utf8')).toBe('/dev/sdb1 /data ext4 defaults 0 1\n');
  });

  it('leaves the agent all that it needs', async () => {
    const { path, run } = image(alpine);
    await run('prepare', '--skip', 'clean');
    await run('install');
    const { words } = await run('unprepare');
    expect(words).toContain('that the agent in the image needs; image uninstall restores them');
    expect(readFileSync(path('usr/lib/lx-agent/manifest'), 'utf8')).not.toMatch(/prepared|category/);
    expect((await run('check', '--only', 'agent')).words).toMatch(/^nothing is left to do/);
  });

  it('keeps no secret that clean removed', async () => {
    const { root, run } = image({ ...debianSystemd, '/root/.bash_history': 'the secret\n' });
    await run('prepare');
    expect(Object.values(snapshot(root)).filter((what) => what.includes('the secret'))).toEqual([]);
    await run('unprepare');
    expect(Object.values(snapshot(root)).filter((what) => what.includes('the secret'))).toEqual([]);
  });

  it("puts somebody's file back and drops the copy that prepare laid beside", async () => {
    const unit = '/etc/systemd/system/systemd-resolved.service';
    const { root, before, run } = image({ ...debianSystemd, [unit]: '[Service]\nExecStart=/bin/true\n' });
    await run('prepare', '--skip', 'clean');
    expect(Object.keys(snapshot(root)).some((path) => path.includes('/lx-agent/backup/'))).toBe(true);
    await run('unprepare');
    expect(snapshot(root)).toEqual(before);
  });

  it('can be done again where it was cut short', async () => {
    const { root, before, path, run } = image();
    await run('prepare', '--skip', 'clean');
    const fstab = path('etc/fstab');
    const kept = readFileSync(path(record));
    await run('unprepare');
    plant(root, { '/var/lib/lx-agent/prepare.json': kept.toString('utf8') });
    chmodSync(fstab, 0o644);
    expect((await run('unprepare')).exit).toBe(0);
    expect(snapshot(root)['/etc/fstab']).toBe(before['/etc/fstab']);
  });

  it('says that an older version kept no record', async () => {
    const { path, run } = image();
    await run('prepare');
    rmSync(path(record));
    const { exit, stderr } = await run('unprepare');
    expect(exit).toBe(1);
    expect(stderr).toContain('kept no record');
  });

  it('has nothing to do in an image that nobody prepared', async () => {
    const { run } = image();
    expect(await run('unprepare')).toMatchObject({
      exit: 0,
      words: expect.stringContaining('nothing to undo'),
    });
  });
});

describe('uninstall', () => {
  it('with --force keeps a backup of what somebody changed since', async () => {
    const { root, before, path, run } = image();
    await run('install');
    writeFileSync(path('usr/lib/systemd/system/lx-agent-late.service'), 'mine\n');
    rmSync(path('etc/systemd/system/sysinit.target.wants/lx-agent-early.service'));
    symlinkSync('elsewhere', path('etc/systemd/system/sysinit.target.wants/lx-agent-early.service'));
    const { exit, words } = await run('uninstall', '--force');
    expect(exit).toBe(0);
    expect(words).not.toContain('kept: ');
    expect(backups(root)).toEqual(['-> elsewhere', 'mine\n']);
    const left = Object.keys(snapshot(root)).filter((name) => !(name in before));
    expect(
      left.every((name) => '/var/lib/lx-agent/backup'.startsWith(name) || name.includes('/backup/')),
    ).toBe(true);
  });

  it('says that what was prepared stays, and names the command that takes it back', async () => {
    const { run, root } = image();
    await run('install');
    await run('prepare');
    const { words } = await run('uninstall');
    expect(words).toMatch(
      /^left: what image prepare changed \(\d+ paths\); lx-agent image unprepare --root/m,
    );
    expect(words).toContain(`--root ${root} undoes it`);
  });
});
