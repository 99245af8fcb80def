import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { decodeInput, type Input } from './input.ts';
import { type Target, targets } from './target.ts';

const found = join(import.meta.dirname, 'found');

async function hold(target: Target, inputs: readonly Input[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const opened = await target.open(folder);
  onTestFinished(async () => opened.close());
  for (const input of inputs) await opened.hold(input);
}

test.each(Object.entries(targets))('what fuzzing starts from holds: %s', async (_name, load) => {
  const target = await load();
  expect(target.seeds.length).toBeGreaterThan(0);
  await hold(target, target.seeds);
});

// `TARGET-WHAT.json`: an input that once did not hold.
test.each(readdirSync(found))('what fuzzing found holds: %s', async (file) => {
  const load = targets[file.split('-')[0] ?? ''];
  if (load === undefined) throw new Error(`${file} is named for no target`);
  await hold(await load(), [decodeInput(readFileSync(join(found, file), 'utf8'))]);
});
