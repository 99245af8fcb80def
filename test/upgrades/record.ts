import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startMetadataServer } from '../support/metadata-server.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { plant } from '../support/temporary-root.ts';
import { metadata, program, type RecordedRoots, recordedFamilies } from './recorded.ts';

// `node test/upgrades/record.ts PROGRAM FILE`: have a released program install itself in a skeleton for each init system,
// prepare it and run there once, and write down what then lies in each root. The program itself is left out.

const [binary = '', output = ''] = process.argv.slice(2);
const contents: Record<string, string> = {};
const roots: Record<string, Record<string, string>> = {};
const folder = mkdtempSync(join(tmpdir(), 'lx-agent-record-'));
const socketPath = join(folder, 'metadata.sock');
const server = await startMetadataServer({ socketPath, metadata });
try {
  for (const [index, [name, tree]] of recordedFamilies.entries()) {
    const root = join(folder, String(index));
    plant(root, tree);
    // The metadata server is in this process, so no call may block it.
    const call = (...argv: string[]) => promisify(execFile)(binary, [...argv, '--root', root]);
    await call('image', 'install', '--runtime', 'system');
    await call('image', 'prepare');
    // A step that failed is part of what a release leaves behind (0.1.0 has one on SUSE).
    await call('run', '--socket', socketPath).catch(({ code }) => assert.equal(code, 1));
    rmSync(join(root, program));
    roots[name] = Object.fromEntries(
      Object.entries(snapshot(root)).map(([path, what]) => [
        path,
        stored(what.replaceAll(socketPath, '/native/.zonecontrol/metadata.sock')),
      ]),
    );
  }
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
const recorded: RecordedRoots = { contents, roots };
writeFileSync(output, `${JSON.stringify(recorded, null, 1)}\n`);

/** What is at a path, with a file's content by its digest: many roots hold the same files. */
function stored(what: string): string {
  const [, file = '', content = ''] = /^(file \d+) (.*)$/s.exec(what) ?? [];
  if (file === '') return what;
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
  contents[digest] = content;
  return `${file} ${digest}`;
}
