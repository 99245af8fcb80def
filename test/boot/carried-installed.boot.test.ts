import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { bootCarried, expectInstance, moments, reports } from './carried-suite.ts';
import { lowerLayers } from './installed.ts';
import { bootPlace } from './place.ts';
import { platformFolder } from './platform-folder.ts';
import { inEachRelease, rootNamed, rootsOfEachRelease } from './roots.ts';

// Both agents are there: the image was made with one, and the platform carries another of the same version.

const platform = platformFolder();

/** What an image builder runs; then the recorder takes the place of the command, so that each stage is counted. */
const script = `root=$1
"$AGENT" image install --root "$root"
"$AGENT" image prepare --root "$root"
"$AGENT" image check --root "$root"
rm "$root/usr/bin/lx-agent"; cp "$RECORDER" "$root/usr/bin/lx-agent"`;

describe.each(rootsOfEachRelease.flatMap(inEachRelease))('an image with %s', (name) => {
  const root = rootNamed(name);

  test("does the work by its own agent, once, and the platform's does none", async () => {
    const place = bootPlace();
    const files = join(place.disk.folder, 'files');
    mkdirSync(files, { mode: 0o755 });
    execFileSync(
      join(import.meta.dirname, 'install.sh'),
      [lowerLayers(root, 'none').join(':'), files, 'sh', '-euc', script, 'sh'],
      {
        env: {
          PATH: process.env.PATH,
          AGENT: agentBinary,
          RECORDER: join(import.meta.dirname, 'recorder/usr/bin/lx-agent'),
        },
      },
    );
    place.plant('/var/svc/provisioning', '');
    const server = await place.serve();
    const { records, failed, console, ending, status } = await bootCarried(root, place, platform);
    await server.close();

    expect(console).toContain('the image brings its own agent');
    expectInstance(records, place);
    expect(status.early).toMatchObject({ kind: 'boot', exit: 0 });
    expect(status.early.program).toBeUndefined();
    expect(moments(records, 'early')).toEqual(['begin', 'end:0']);
    expect(moments(records, 'late').filter((what) => what === 'begin')).toHaveLength(1);
    expect(moments(records, 'user-script').filter((what) => what === 'begin')).toHaveLength(1);
    expect(reports(place, 'report-run-')).toEqual([]);
    expect({ failed, ending }).toEqual({ failed: [], ending: 'powered off' });
    place.remove();
  });
});
