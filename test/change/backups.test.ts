import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { backUp, backupsOf } from '../../agent/change/backups.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { RootError } from '../../agent/system/root-error.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const folder = 'var/lib/lx-agent/backup';
const theSecond = new Date('2026-11-26T07:05:22.123Z');

beforeEach(() => void vi.useFakeTimers({ now: theSecond, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

it('is named for the path and the second, and by a number where that is taken', () => {
  const path = temporaryRoot({ 'etc/hosts': 'mine' });
  chmodSync(join(path, 'etc/hosts'), 0o644);
  const root = openRoot(path);
  for (const text of ['mine', 'again', 'and again']) backUp(root, '/etc/hosts', Buffer.from(text));
  const names = [
    'etc_hosts.20261126T070522Z',
    'etc_hosts.20261126T070522Z.2',
    'etc_hosts.20261126T070522Z.3',
  ];
  expect(readdirSync(join(path, folder))).toEqual(names);
  expect(statSync(join(path, folder)).mode & 0o777).toBe(0o700);
  expect(statSync(join(path, folder, names[0] ?? '')).mode & 0o777).toBe(0o600);
  expect(names.map((name) => readFileSync(join(path, folder, name), 'utf8'))).toEqual([
    'mine',
    'again',
    'and again',
  ]);
  expect(readFileSync(join(path, 'etc/hosts'), 'utf8')).toBe('mine');
  expect(backupsOf(root, '/etc/hosts')).toEqual(names.map((name) => `/${folder}/${name}`));
});

it('of a link is a link, and of a folder the folder itself', () => {
  const path = temporaryRoot({ 'etc/l': '-> ../there', 'etc/d/deep': 'x' });
  const root = openRoot(path);
  backUp(root, '/etc/l', undefined);
  backUp(root, '/etc/d', undefined);
  const after = snapshot(path);
  expect(after['/etc/l']).toBe('link ../there');
  expect(after[`/${folder}/etc_l.20261126T070522Z`]).toBe('link ../there');
  expect(after['/etc/d']).toBeUndefined();
  expect(after[`/${folder}/etc_d.20261126T070522Z/deep`]).toMatch(/ x$/);
});

it('is not taken for one of another path', () => {
  const names = [
    'etc_hosts.20261126T070522Z',
    'etc_hosts.20261126T070522Z.12',
    'etc_hosts.20261126T070522Z.old',
    'etc_hosts.20261126T070522Z.1.old',
    'etc_hosts.deny.20261126T070522Z',
    'etc_hosts.120261126T070522Z',
    'etc_hosts',
    'my_etc_hosts.20261126T070522Z',
    'etc_HOSTS.20261126T070522Z',
  ];
  const root = openRoot(temporaryRoot(Object.fromEntries(names.map((name) => [`${folder}/${name}`, '']))));
  expect(backupsOf(root, '/etc/hosts')).toEqual(names.slice(0, 2).map((name) => `/${folder}/${name}`));
  expect(backupsOf(openRoot(temporaryRoot()), '/etc/hosts')).toEqual([]);
});

it('is not seen by whoever may not look, and every other fault is told', () => {
  const refusing = (code: string) => ({
    list(): never {
      throw new RootError('list', `/${folder}`, code);
    },
  });
  expect(backupsOf(refusing('EACCES'), '/etc/hosts')).toEqual([]);
  expect(() => backupsOf(refusing('EIO'), '/etc/hosts')).toThrow(RootError);
  const broken = {
    list(): never {
      throw new TypeError('a bug');
    },
  };
  expect(() => backupsOf(broken, '/etc/hosts')).toThrow('a bug');
});
