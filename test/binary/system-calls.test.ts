import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { web } from '../support/instances/web.ts';
import { openZone, type Zone } from './zone.ts';

// A kill shows nothing of what a power cut would undo: that is told by the order of the system calls. Needs strace.

/** A file that came into place by a rename, and the calls that made it, in their order. */
interface Replaced {
  readonly path: string;
  readonly calls: readonly string[];
}

/** Run the agent under strace, and give what it did to the files of the root. */
async function replacedBy(zone: Zone, ...args: string[]): Promise<readonly Replaced[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-calls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const trace = join(folder, 'trace');
  const calls = 'openat,fchmod,fchown,write,fsync,rename';
  await promisify(execFile)('strace', [
    ...['-f', '-qq', '-y', '-o', trace, '-e', `trace=${calls}`, agentBinary],
    ...['run', '--root', zone.root, '--socket', zone.socketPath, ...args],
  ]);
  return replacements(readFileSync(trace, 'utf8').split('\n'), zone.root);
}

/** From the lines of strace: each temporary file with all that was done to it, and to its folder after the rename. */
function replacements(lines: readonly string[], root: string): readonly Replaced[] {
  const open = new Map<string, { readonly folder: string; readonly calls: string[] }>();
  const done: { path: string; folder: string; calls: string[] }[] = [];
  for (const line of lines) {
    const call = /^\d+ +(\w+)\(/.exec(line)?.[1];
    if (call === undefined || line.includes(' = -1 ')) continue;
    const temporary = /\.lx-agent-\d+-[0-9a-f]{16}/.exec(line)?.[0];
    if (temporary === undefined) {
      const folder = call === 'fsync' ? /<([^>]*)>/.exec(line)?.[1] : undefined;
      const last = done.findLast((one) => one.folder === folder);
      if (last?.calls.at(-1) === 'rename') last.calls.push('fsync of the folder');
    } else if (call === 'openat' && line.includes('O_CREAT')) {
      const flags = ['O_EXCL', 'O_NOFOLLOW'].filter((flag) => line.includes(flag));
      const folder = /= \d+<(.*)\/[^/]*>$/.exec(line)?.[1] ?? '';
      open.set(temporary, { folder, calls: [`create ${/, (0\d+)\) =/.exec(line)?.[1]} ${flags.join(' ')}`] });
    } else if (call.startsWith('rename')) {
      const name = /"[^"]*\/([^"/]+)"(?:, \w+)?\) = 0/.exec(line)?.[1];
      const file = open.get(temporary);
      if (file !== undefined)
        done.push({
          ...file,
          path: `${file.folder.slice(root.length)}/${name}`,
          calls: [...file.calls, call],
        });
      open.delete(temporary);
    } else {
      const calls = open.get(temporary)?.calls;
      const mode = call === 'fchmod' ? ` ${/, (0\d+)\)/.exec(line)?.[1]}` : '';
      // A file may be written in many pieces.
      if (!(call === 'write' && calls?.at(-1) === 'write')) calls?.push(`${call}${mode}`);
    }
  }
  return done;
}

/** The owner comes before the mode: chown(2) takes set-user-ID bits away. */
const whole = (mode: string, owned = false) => [
  'create 0600 O_EXCL O_NOFOLLOW',
  ...(owned ? ['fchown'] : []),
  `fchmod ${mode}`,
  'write',
  'fsync',
  'rename',
  'fsync of the folder',
];
/** Reports and what a run notes on the way may be lost in a power cut: nothing waits for the disk. */
const quick = (mode: string) => whole(mode).filter((call) => !call.startsWith('fsync'));
const mayBeLost = /^\/var\/lib\/lx-agent\/(report-|(state|metadata)\.json$)/;

/** The modes of the files that a first boot writes; secrets are never readable by others, not even for a moment. */
const modes: Readonly<Record<string, string>> = {
  '/etc/machine-id': '0444',
  '/var/svc/mdata-user-script': '0700',
  '/var/svc/mdata-operator-script': '0700',
  '/var/db/mdata-user-data': '0600',
  '/root/.ssh/authorized_keys': '0600',
};

describe('after a power cut each file is the old one or the new one', () => {
  it('for it is written and synced before it is renamed, and its folder is synced after that', async () => {
    const zone = await openZone(
      { ...web, 'user-data': 'password=x\n', 'sdc:operator-script': 'true\n' },
      { tree: { '/etc/machine-id': '' } },
    );
    const files = (await replacedBy(zone)).filter(({ path }) => !mayBeLost.test(path));
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([...Object.keys(modes), '/etc/hostname', '/etc/hosts', '/etc/resolv.conf']),
    );
    // Only root can keep the owner of a file that is everybody's.
    const isRoot = process.geteuid?.() === 0;
    for (const { path, calls } of files)
      expect({ path, calls }).toEqual({
        path,
        calls: whole(modes[path] ?? '0644', isRoot && path === '/etc/hosts'),
      });
  });

  it('and reports alone are not waited for', async () => {
    const zone = await openZone(web);
    const reports = (await replacedBy(zone)).filter(({ path }) => path.includes('/report-'));
    expect(reports.length).toBeGreaterThan(0);
    for (const { path, calls } of reports) expect({ path, calls }).toEqual({ path, calls: quick('0644') });
  });

  it('and what is about to be replaced is on record, on the disk, before it is', async () => {
    const zone = await openZone(web);
    await zone.run();
    zone.server.metadata.set('sdc:resolvers', ['192.0.2.99']);
    const files = await replacedBy(zone);
    const at = files.findIndex(({ path }) => path === '/etc/resolv.conf');
    expect(files[at]?.calls).toEqual(whole('0644'));
    expect(files.slice(0, at).at(-1)).toEqual(
      expect.objectContaining({ path: '/var/lib/lx-agent/state.json', calls: whole('0600') }),
    );
    // The end of the run makes the whole record durable.
    expect(files.findLast(({ path }) => path.endsWith('/state.json'))?.calls).toEqual(whole('0600'));
  });

  it('also one that --force takes over: first its backup is safe', async () => {
    const zone = await openZone(web);
    await zone.run();
    writeFileSync(join(zone.root, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n');
    const files = await replacedBy(zone, '--force');
    const order = files.map(({ path }) => path).filter((path) => /resolv\.conf/.test(path));
    expect(order).toEqual([
      expect.stringMatching(/^\/var\/lib\/lx-agent\/backup\/etc_resolv\.conf\./),
      '/etc/resolv.conf',
    ]);
    expect(files.find(({ path }) => path.includes('/backup/'))?.calls).toEqual(whole('0600'));
  });
});
