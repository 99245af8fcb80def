import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { layRecorded, metadata, program, readRecorded, recordedFamilies } from './recorded.ts';

// 0.1.0 was installed, prepared the image, and ran once: record.ts had its own program do so. Now this one comes.

const recorded = readRecorded(join(import.meta.dirname, '0.1.0.json'));

/** What is kept of what was done, and when: it differs where more was done. */
const records = /^\/var\/(lib\/lx-agent|log\/lx-agent\.log)/;
const lasting = (root: string) =>
  Object.fromEntries(Object.entries(snapshot(root)).filter(([path]) => !records.test(path)));

function call(root: string, ...argv: string[]): Promise<string> {
  return promisify(execFile)(agentBinary, [...argv, '--root', root]).then(({ stdout }) => stdout);
}

/** A root that 0.1.0 left, and a skeleton that it never saw: both with this agent, prepared and run. */
async function upgradedAndNew(name: string, tree: Tree) {
  const socketPath = join(temporaryRoot(), 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata });
  onTestFinished(() => server.close());
  const upgraded = temporaryRoot();
  layRecorded(recorded, name, upgraded);
  writeFileSync(join(upgraded, program), 'the program of 0.1.0', { mode: 0o755 });
  const fresh = temporaryRoot(tree);
  const treat = async (root: string) => {
    const run = () => call(root, 'run', '--socket', socketPath);
    const installed = await call(root, 'image', 'install', '--runtime', 'system');
    const ran = await run();
    // Preparing cleans up what the run left, and whoever lays the image down runs again.
    await call(root, 'image', 'prepare');
    await run();
    return { installed, ran };
  };
  const [said] = await Promise.all([treat(upgraded), treat(fresh)]);
  return { upgraded, fresh, said, rerun: () => call(upgraded, 'run', '--socket', socketPath) };
}

describe.each(recordedFamilies)('a root of 0.1.0, %s', (name, tree) => {
  it('becomes what a new one is, to the end', async () => {
    const { upgraded, fresh, said, rerun } = await upgradedAndNew(name, tree);
    expect(said.installed).toMatch(/\nreplaces: lx-agent 0\.1\.0 /);
    expect(said.installed).not.toMatch(/^(kept|left): /m);
    expect(said.ran).not.toMatch(/kept|failed/);
    expect(lasting(upgraded)).toEqual(lasting(fresh));
    expect(await rerun()).not.toMatch(/[1-9]\d* (changed|kept|failed)/);

    await Promise.all([upgraded, fresh].map((root) => call(root, 'image', 'uninstall')));
    expect(lasting(upgraded)).toEqual(lasting(fresh));
  });
});
