import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../units');

/** The lines of all units that start the agent, but for comments. */
const starts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\/(lx-agent-(early|late)|inittab|late-stage|boot)/.test(path))
  .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
  .flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => !line.trim().startsWith('#') && line.includes('/usr/bin/lx-agent'))
      .map((line) => ({ path, line: line.trim(), text })),
  );
const bySystemd = starts.filter(({ path }) => path.startsWith('systemd/'));
const byOthers = starts.filter(({ path }) => !path.startsWith('systemd/'));

describe('the environment that units start the agent with', () => {
  test('is looked at in every one', () => {
    expect([bySystemd.length, byOthers.length]).toEqual([2, 10]);
  });

  test.each(byOthers)('$path gives it none: $line', ({ line }) => {
    expect(line).toContain('/usr/bin/env -i /usr/bin/lx-agent run --stage ');
  });

  test.each(bySystemd)('$path keeps away every variable that this Node.js says it knows', ({ text }) => {
    const unset = new Set(
      text.split('\n').flatMap((line) => /^UnsetEnvironment=(.*)$/.exec(line)?.[1]?.split(' ') ?? []),
    );
    const known = spawnSync(process.execPath, ['--help'], { encoding: 'utf8' }).stdout.match(
      /^(NODE|UV|OPENSSL|SSL)_[A-Z0-9_]+/gm,
    );
    expect(known).toContain('NODE_V8_COVERAGE');
    expect(known?.filter((name) => !unset.has(name))).toEqual([]);
  });
});
