import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settle } from '../../agent/change/settle.ts';
import { hostname } from '../../agent/steps/hostname.ts';
import { withHost } from '../../agent/steps/hosts.ts';
import { runStep } from '../../agent/steps/run-step.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import type { Root } from '../../agent/system/root.ts';
import { RootError } from '../../agent/system/root-error.ts';
import { emptyState } from '../../agent/system/state.ts';
import type { System } from '../../agent/system/system.ts';
import { files, planned, scratchSystem } from '../support/scratch-system.ts';
import { instanceOf, sound } from '../support/tampered.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { liveRoot, workOn } from './fixture.ts';

it('leaves a name that somebody edited to the machine, as a whole: the file, /etc/hosts and the running name agree', async () => {
  const edited = (given: Partial<System> = {}) =>
    scratchSystem(
      { '/etc/hostname': '# mine\nby-hand\n', '/etc/hosts': '127.0.0.1 localhost\n127.0.1.1 web-1\n' },
      { state: { ...emptyState, files: { '/etc/hostname': 'what the agent wrote' } }, ...given },
    );
  const system = edited();
  const live = { ...system, root: { ...system.root, live: true } };
  const changes = await planned(hostname, { hostname: 'web-2' }, live);
  expect(files(changes)['/etc/hosts']).toContain('127.0.1.1\tby-hand\n');
  expect(changes).toContainEqual(expect.objectContaining({ argv: ['hostname', 'by-hand'] }));
  expect(settle(changes, openRoot(system.root.path), system.state)).toContainEqual(
    expect.objectContaining({ result: 'kept', reason: 'edited by hand' }),
  );

  for (const forced of [edited({ forced: true }), edited({ state: { ...emptyState, instance: 'another' } })])
    expect(
      files(await planned(hostname, { hostname: 'web-2', 'sdc:uuid': sound['sdc:uuid'] ?? '' }, forced)),
    ).toMatchObject({ '/etc/hostname': 'web-2\n', '/etc/hosts': expect.stringContaining('web-2') });
});

it.each([
  ['relative', '-> managed/name'],
  ['absolute', '-> /etc/managed/name'],
])(
  'leaves an /etc/hostname that somebody replaced by a link (%s), with the name behind it',
  async (_kind, link) => {
    const system = scratchSystem(
      { '/etc/managed/name': 'by-hand\n', '/etc/hostname': link, '/etc/hosts': '127.0.0.1 localhost\n' },
      { state: { ...emptyState, files: { '/etc/hostname': 'what the agent wrote' } } },
    );
    const changes = await planned(hostname, { hostname: 'web-2' }, system);
    expect(files(changes)['/etc/hosts']).toContain('127.0.1.1\tby-hand\n');
    expect(settle(changes, openRoot(system.root.path), system.state)).toContainEqual(
      expect.objectContaining({ result: 'kept', reason: 'edited by hand' }),
    );
  },
);

it('replaces the name that the image came with, and nothing else', async () => {
  const system = scratchSystem({
    '/etc/hostname': 'image\n',
    '/etc/hosts': '# mine\n127.0.0.1 localhost\n127.0.1.1 image.local image\n192.0.2.9\tdb',
  });
  expect(
    files(await planned(hostname, { hostname: 'web-1', 'sdc:dns_domain': 'example.com' }, system)),
  ).toEqual({
    '/etc/hostname': 'web-1\n',
    '/etc/hosts': '# mine\n127.0.0.1 localhost\n127.0.1.1\tweb-1.example.com web-1\n192.0.2.9\tdb',
  });
});

it('sets the name where older init systems keep it', async () => {
  const system = scratchSystem(
    {
      '/etc/sysconfig/network': 'NETWORKING=yes\nHOSTNAME=old\n',
      '/etc/conf.d/hostname': '# c\nhostname="old"\n',
    },
    { distribution: { family: 'redhat', id: 'centos', version: '6', name: 'CentOS' } },
  );
  expect(files(await planned(hostname, { hostname: 'web-1' }, system))).toMatchObject({
    '/etc/sysconfig/network': 'NETWORKING=yes\nHOSTNAME=web-1\n',
    '/etc/conf.d/hostname': '# c\nhostname="web-1"\n',
  });
});

it('takes the first label of a name that is too long for the kernel', async () => {
  const name = `web.${'a'.repeat(60)}.example`;
  expect(files(await planned(hostname, { hostname: name }, scratchSystem({})))['/etc/hostname']).toBe(
    'web\n',
  );
});

it('runs nothing on a root that is not the running system, and nothing at all in Docker', async () => {
  const changes = await planned(hostname, { hostname: 'web-1' }, scratchSystem({}));
  expect(changes.map(({ kind }) => kind)).toEqual(['file', 'file']);
  expect(await planned(hostname, { hostname: 'web-1', 'docker:id': 'x' }, scratchSystem({}))).toEqual([]);
});

it('leaves a file alone in which the names resolve already', () => {
  const text = '192.0.2.10 web-1.example.com web-1 # by hand\n';
  expect(withHost(text, ['web-1.example.com', 'web-1'], undefined)).toBe(text);
});

it('is settled after one pass, and keeps every line of others', () => {
  const line = fc.oneof(fc.string(), fc.constantFrom('127.0.1.1 old', '127.0.0.1 localhost', '', '# c\r'));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      const once = withHost(text, ['new.example', 'new'], 'old');
      expect(withHost(once, ['new.example', 'new'], 'new')).toBe(once);
      for (const kept of text.split('\n')) if (!kept.includes('127.0.1.1')) expect(once).toContain(kept);
    }),
  );
});

it('lets no value into a line of its own', async () => {
  const hostile = fc.string({
    unit: fc.constantFrom('a', '.', '\n', '\r', '\0', '$', '`', '"', '/', ' ', '\u2028'),
  });
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (name, domain) => {
      const values = { hostname: name, 'sdc:dns_domain': domain };
      const written = files(await planned(hostname, values, scratchSystem({})));
      if (written['/etc/hostname'] === undefined) return;
      expect(written['/etc/hostname']).toMatch(/^[a.]+\n$/);
      expect(written['/etc/hosts']?.split('\n')).toHaveLength(4);
    }),
  );
});

it('takes the old name out of /etc/hosts in the next run where it could not in this one', async () => {
  const path = temporaryRoot({
    '/etc/hostname': 'old\n',
    '/etc/hosts': '127.0.0.1 localhost\n127.0.1.1\told.example.com old\n',
  });
  const whole = openRoot(path);
  const refusing: Root = {
    ...whole,
    write(file, content, attributes) {
      if (file === '/etc/hosts') throw new RootError('write', file, 'EROFS');
      whole.write(file, content, attributes);
    },
  };
  const once = async (root: Root, name: string) => {
    const work = { ...workOn(root), instance: instanceOf({ hostname: name }) };
    const { outcome } = await runStep(hostname, work, { dryRun: false, force: false });
    return { outcome, state: work.ledger.state };
  };
  const hosts = () => whole.readText('/etc/hosts');

  const first = await once(refusing, 'new');
  expect(first.outcome).toMatchObject({ result: 'failed' });
  expect([whole.readText('/etc/hostname'), first.state.owed]).toEqual(['new\n', { '/etc/hosts': 'old' }]);
  // It fails again, with yet another name: what is owed is still the line that is there.
  const second = await once(refusing, 'newer');
  expect(second.state.owed).toEqual({ '/etc/hosts': 'old' });
  expect(hosts()).toContain('old.example.com');

  const third = await once(whole, 'newer');
  expect(hosts()).toBe('127.0.0.1 localhost\n127.0.1.1\tnewer\n');
  expect(third.state.owed).toBeUndefined();
});

it.each([
  ['an absolute link', { '/etc/hosts': '-> /data/hosts' }],
  ['a relative link', { '/etc/hosts': '-> ../data/hosts' }],
  ['a chain of links', { '/etc/hosts': '-> hosts.site', '/etc/hosts.site': '-> ../data/hosts' }],
])('edits the file that /etc/hosts leads to, and leaves %s in place', async (_, links) => {
  const path = temporaryRoot({
    '/data/hosts': '127.0.0.1 localhost\n',
    '/data/name': 'image\n',
    '/etc/hostname': '-> ../data/name',
    ...links,
  });
  const root = openRoot(path);
  const before = root.linkTarget('/etc/hosts');
  await runStep(
    hostname,
    { ...workOn(root), instance: instanceOf({ hostname: 'web-1' }) },
    { dryRun: false, force: false },
  );
  expect(root.linkTarget('/etc/hosts')).toBe(before);
  expect(root.readText('/data/hosts')).toBe('127.0.0.1 localhost\n127.0.1.1\tweb-1\n');
  expect(root.entry('/data/hosts')?.kind).toBe('file');
  expect([root.linkTarget('/etc/hostname'), root.readText('/data/name')]).toEqual([
    '../data/name',
    'web-1\n',
  ]);
});

/** The argument vectors by which the running name is set on a machine that has these programs. */
async function nameSetBy(...programs: readonly string[]) {
  const path = temporaryRoot(Object.fromEntries(programs.map((program) => [program, ''])));
  for (const program of programs) chmodSync(join(path, program), 0o755);
  const system = scratchSystem({}, { root: liveRoot(path) });
  return (await planned(hostname, { hostname: 'web-1' }, system)).flatMap((change) =>
    change.kind === 'command' ? [change.argv, ...(change.otherwise ? [change.otherwise] : [])] : [],
  );
}

it('sets the running name by what an image has', async () => {
  const native = '/native/usr/bin/hostname';
  expect(await nameSetBy('/bin/hostname', '/usr/bin/hostname')).toEqual([['hostname', 'web-1']]);
  expect(await nameSetBy('/bin/busybox', native)).toEqual([
    ['busybox', 'hostname', 'web-1'],
    [native, 'web-1'],
  ]);
  expect(await nameSetBy(native)).toEqual([[native, 'web-1']]);
  // What is missing is then said by its name.
  expect(await nameSetBy()).toEqual([['hostname', 'web-1']]);
});

it('puts nothing in the place of a device that a link leads to', async () => {
  const path = temporaryRoot({ '/etc/hosts': '-> /dev/null', '/etc/hostname': '-> /dev/null', '/dev': null });
  const root = openRoot(path);
  const work = { ...workOn(root), instance: instanceOf({ hostname: 'web-1' }) };
  await runStep(hostname, work, { dryRun: false, force: false });
  expect([root.entry('/dev/null'), root.readText('/etc/hostname')]).toEqual([undefined, 'web-1\n']);
});
