import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import type { CommandName } from '../../agent/commands/table.ts';
import { capturedIo } from '../support/captured-io.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

/** What must be nowhere but in the files that are for it. */
const secret = 'planted-SECRET-hunter2';
/** Where a secret belongs, and who may read it there. */
const places: Readonly<Record<string, number>> = {
  'var/db/mdata-user-data': 0o600,
  'var/svc/mdata-user-script': 0o700,
  'var/svc/mdata-operator-script': 0o700,
};
const commands: Readonly<Partial<Record<CommandName, () => Promise<{ run: Run }>>>> = {
  run: () => import('../../agent/commands/run.ts'),
  status: () => import('../../agent/commands/status.ts'),
  doctor: () => import('../../agent/commands/doctor.ts'),
  timeline: () => import('../../agent/commands/timeline.ts'),
};
type Run = typeof import('../../agent/commands/run.ts').run;

/** A root, what it holds after each command line, and all that was said. */
async function afterEveryCommand(
  metadata: Record<string, unknown>,
  edit: (root: string) => void = () => undefined,
) {
  const root = temporaryRoot({
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    'sbin/init': '-> /lib/systemd/systemd',
    'var/svc': null,
    'var/log': null,
    'etc/ssh/sshd_config': '',
    'root/.ssh': null,
  });
  const socketPath = join(temporaryRoot(), 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata });
  onTestFinished(() => server.close());
  const said: string[] = [];
  const call = async (name: CommandName, ...words: string[]) => {
    const io = capturedIo({ environment: { LANG: 'C.UTF-8' } });
    const socket = name === 'run' || name === 'doctor' ? ['--socket', socketPath] : [];
    const module = await commands[name]?.();
    await module?.run(parseArguments([name, ...words, '--root', root, ...socket]), io);
    said.push(io.said.stdout, io.said.stderr);
  };
  await call('run', '--dry-run');
  await call('run');
  edit(root);
  await call('run', '--dry-run');
  await call('run', '--dry-run', '--force', '--json');
  await call('run', '--force', '--json');
  await call('status');
  await call('status', '--json');
  await call('doctor');
  await call('doctor', '--json');
  await call('timeline');
  await call('timeline', '--json');
  return { root, said: said.join('') };
}

function filesWith(root: string, text: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text))
    .map((path) => relative(root, path))
    .sort();
}

describe('a secret that the metadata holds', () => {
  const metadata = {
    'sdc:uuid': '7f3b2a10-93c4-4f0e-8c1d-5a6b7c8d9e0f',
    'sdc:hostname': 'web-1',
    root_pw: secret,
    admin_pw: secret,
    'user-data': `password: ${secret}\n`,
    'user-script': `#!/bin/sh\nexport TOKEN=${secret}\n`,
    'sdc:operator-script': `echo ${secret}\n`,
  };

  it('is in its own files, for root only, and in nothing else that is said or written', async () => {
    const { root, said } = await afterEveryCommand(metadata);
    expect(said).not.toContain(secret);
    expect(filesWith(root, secret)).toEqual(Object.keys(places).sort());
    for (const [path, mode] of Object.entries(places))
      expect(statSync(join(root, path)).mode & 0o777).toBe(mode);
  });

  it('is not in a diff when the file was edited, and its backup is for root only', async () => {
    const { root, said } = await afterEveryCommand(metadata, (edited) => {
      for (const path of Object.keys(places)) writeFileSync(join(edited, path), `edited ${secret}`);
    });
    expect(said).not.toContain(secret);
    for (const path of filesWith(root, secret)) expect(statSync(join(root, path)).mode & 0o077, path).toBe(0);
  });

  it('is not quoted when its value cannot be used', async () => {
    const { root, said } = await afterEveryCommand({
      ...metadata,
      'user-script': { token: secret },
      'user-data': [secret],
      'user-script-url': `ftp://user:${secret}@example.com/script`,
      'operator-script-url': `https://user:${secret}@127.0.0.1:1/\n`,
      root_authorized_keys: `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END OPENSSH PRIVATE KEY-----\n`,
    });
    expect(said).not.toContain(secret);
    expect(
      filesWith(root, secret).filter((path) => !(path in places) && path !== 'root/.ssh/authorized_keys'),
    ).toEqual([]);
  });
});
