import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { settle } from '../../agent/change/settle.ts';
import { repeatedSteps, undoingWriters } from '../../agent/steps/repeated-steps.ts';
import { haveEnded } from '../../agent/steps/wait-for-writers.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { files, planned, scratchSystem } from '../support/scratch-system.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const early = (...kept: readonly string[]) => ({
  steps: [{ changes: kept.map((what) => ({ what, result: 'kept' })) }],
});
const writer = (...writes: readonly string[]) => ({ path: '/etc/init.d/set-name', writes, links: [] });

describe('a step that another program has undone in this boot', () => {
  // The early stage wrote web-1, and that is on record; then the program wrote the name of the image.
  const undone = () =>
    scratchSystem(
      { '/etc/hostname': 'image\n', '/etc/hosts': '127.0.0.1 localhost\n127.0.1.1 image\n' },
      { state: { ...emptyState, files: { '/etc/hostname': 'what the agent wrote' } } },
    );
  const metadata = { hostname: 'web-1', 'sdc:dns_domain': 'example.net' };

  test("is done again by the late stage: what the program wrote is nobody's edit", async () => {
    const system = undone();
    const steps = repeatedSteps([writer('/etc/hosts', '/etc/hostname')], early());
    expect(steps.map(({ name, stage }) => `${stage} ${name}`)).toEqual(['late hostname']);
    const [step] = steps;
    if (step === undefined) throw new Error('no step');
    const changes = await planned(step, metadata, system);
    expect(files(changes)).toMatchObject({
      '/etc/hostname': 'web-1\n',
      '/etc/hosts': expect.stringContaining('127.0.1.1\tweb-1.example.net web-1\n'),
    });
    const results = settle(changes, openRoot(system.root.path), system.state).map(({ result }) => result);
    expect(results).toEqual(['wanted', 'wanted']);
  });

  test("leaves a name that the early stage kept as somebody's edit", async () => {
    const system = undone();
    const [step] = repeatedSteps([writer('/etc/hosts', '/etc/hostname')], early('/etc/hostname'));
    if (step === undefined) throw new Error('no step');
    const changes = await planned(step, metadata, system);
    expect(files(changes)['/etc/hosts']).toContain('127.0.1.1\timage.example.net image\n');
    expect(settle(changes, openRoot(system.root.path), system.state)).toContainEqual(
      expect.objectContaining({ result: 'kept' }),
    );
  });

  test.each([
    ['the resolvers', ['/etc/resolv.conf'], ['resolver']],
    ['both', ['/etc/resolv.conf', '/etc/hosts'], ['hostname', 'resolver']],
    ['nothing that a step could put right', ['SSH host keys'], []],
  ])('is one of those that wrote these files: %s', (_name, writes, names) => {
    expect(repeatedSteps([writer(...writes)], early()).map(({ name }) => name)).toEqual(names);
  });
});

test('programs that write other files undo nothing', () => {
  const root = openRoot(temporaryRoot({ '/etc/rc.local': '#!/bin/sh\nssh-keygen -A\n' }));
  chmodSync(join(root.path, 'etc/rc.local'), 0o755);
  expect(undoingWriters(root)).toEqual([]);
});

describe('the end of a program that undoes them', () => {
  const script = () => {
    const path = join(temporaryRoot(), 'set-name');
    writeFileSync(path, '#!/bin/sh\nread -r _\n', { mode: 0o755 });
    return { path, writes: [], links: [] };
  };

  test('is waited for, and no longer than the limit', async () => {
    const running = script();
    const child = spawn(running.path, ['start'], { stdio: ['pipe', 'ignore', 'ignore'] });
    onTestFinished(() => void child.kill());
    expect(await haveEnded([running], 0.3)).toBe(false);
    setTimeout(() => child.stdin?.end(), 100);
    expect(await haveEnded([running], 20)).toBe(true);
  });

  test('has come where it does not run', async () => {
    expect(await haveEnded([script()], 0)).toBe(true);
    expect(await haveEnded([], 0)).toBe(true);
  });
});
