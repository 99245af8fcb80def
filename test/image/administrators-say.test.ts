import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkUnit } from '../../agent/doctor/unit.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { imageCommand, testSource } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { families } from '../support/roots/families.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

// What an administrator says in /etc of an installed agent, and an upgrade from 0.1.0 to 0.2.0 after it.

/** The links by which an init system starts a stage. */
const enabling = (root: string) =>
  Object.keys(snapshot(root)).filter((path) =>
    /(\.wants|rc[S\d]\.d|runlevels\/\w+|runsvdir\/default)\/(S\d\d)?lx-agent-/.test(path),
  );

/** Scripts and jobs of the agent's in /etc. */
const editable = (root: string) =>
  Object.entries(snapshot(root))
    .filter(([path, what]) => /^\/etc\/.*lx-agent-/.test(path) && what.startsWith('file '))
    .map(([path]) => path);

async function installed(tree: (typeof families)[number][1]) {
  const root = temporaryRoot(tree);
  await imageCommand(['install', '--root', root], testSource('0.1.0'));
  const upgrade = (...more: string[]) =>
    imageCommand(['install', '--root', root, ...more], testSource('0.2.0'));
  return { root, upgrade };
}

/** The skeletons of these two hold no init: the agent is started from rc.local there. */
const withInit = families.filter(([name]) => !/^(SUSE 11|Gentoo)/.test(name));
/** Upstart's jobs need no links: an `.override` beside a job says `manual`. */
const withLinks = withInit.filter(([name]) => name !== 'Ubuntu 14.04, Upstart');
/** systemd's units lie below /usr/lib, and are overridden in /etc. */
const withScripts = withInit.filter(([name]) => !name.endsWith('systemd'));

describe('an upgrade', () => {
  it.each(withLinks)('leaves a stage disabled whose links were removed: %s', async (_name, tree) => {
    const { root, upgrade } = await installed(tree);
    const links = enabling(root);
    expect(links.length).toBeGreaterThan(0);
    for (const path of links) rmSync(join(root, path));
    const { words } = await upgrade();
    expect(enabling(root)).toEqual([]);
    for (const path of links) expect(words).toContain(`kept: ${path}, disabled by hand`);
    await upgrade('--force');
    expect(enabling(root)).toEqual(links);
  });

  it.each(withScripts)('keeps a script that was edited: %s', async (_name, tree) => {
    const { root, upgrade } = await installed(tree);
    const scripts = editable(root);
    expect(scripts.length).toBeGreaterThan(0);
    const before = scripts.map((path) => readFileSync(join(root, path), 'utf8'));
    for (const path of scripts) appendFileSync(join(root, path), '# mine\n');
    const { words } = await upgrade();
    for (const path of scripts) {
      expect(words).toContain(`kept: ${path}, edited by hand`);
      expect(readFileSync(join(root, path), 'utf8')).toMatch(/# mine\n$/);
    }
    await upgrade('--force');
    expect(scripts.map((path) => readFileSync(join(root, path), 'utf8'))).toEqual(before);
  });
});

describe('under systemd', () => {
  it('doctor has nothing against a unit that systemctl enabled anew, by a link through /lib', async () => {
    const { root } = await installed(debianSystemd);
    const link = join(root, 'etc/systemd/system/multi-user.target.wants/lx-agent-late.service');
    rmSync(link);
    symlinkSync('/lib/systemd/system/lx-agent-late.service', link);
    const findings = checkUnit({ root: openRoot(root), init: 'systemd' });
    expect(findings.filter(({ text }) => text.includes('by hand'))).toEqual([]);
  });

  it('nothing of the agent is in the way of a mask, and a mask stays', async () => {
    const { root, upgrade } = await installed(debianSystemd);
    const mask = join(root, 'etc/systemd/system/lx-agent-early.service');
    symlinkSync('/dev/null', mask);
    await upgrade();
    expect(snapshot(root)['/etc/systemd/system/lx-agent-early.service']).toBe('link /dev/null');
  });

  it('units that an earlier version had in /etc move, and a disabled one stays disabled', async () => {
    const { root, upgrade } = await installed(debianSystemd);
    const units = ['system/lx-agent-early.service', 'system/lx-agent-late.service'];
    const record = join(root, 'var/lib/lx-agent/image.json');
    for (const unit of [...units, 'system-preset/00-lx-agent.preset']) {
      mkdirSync(dirname(join(root, 'etc/systemd', unit)), { recursive: true });
      renameSync(join(root, 'usr/lib/systemd', unit), join(root, 'etc/systemd', unit));
    }
    writeFileSync(
      record,
      readFileSync(record, 'utf8').replaceAll('"/usr/lib/systemd/system', '"/etc/systemd/system'),
    );
    const [disabled = ''] = enabling(root);
    rmSync(join(root, disabled));
    expect((await upgrade()).stdout).not.toContain('left:');
    expect(Object.keys(snapshot(root)).filter((path) => /lx-agent.*(service|preset)$/.test(path))).toEqual(
      [
        '/etc/systemd/system/sysinit.target.wants/lx-agent-early.service',
        ...units.map((unit) => `/usr/lib/systemd/${unit}`),
        '/usr/lib/systemd/system-preset/00-lx-agent.preset',
      ].filter((path) => path !== disabled),
    );
  });

  it('links that an installation which was cut short never made are no sign of an administrator', async () => {
    const { root, upgrade } = await installed(debianSystemd);
    const links = enabling(root);
    for (const path of links) rmSync(join(root, path));
    rmSync(join(root, 'usr/lib/lx-agent/manifest'));
    await upgrade();
    expect(links.length).toBeGreaterThan(0);
    expect(enabling(root)).toEqual(links);
  });
});
