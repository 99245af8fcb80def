import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { commands } from '../../agent/commands/table.ts';
import { steps } from '../../agent/steps/order.ts';
import {
  type Configuration,
  defaultConfiguration,
  readConfiguration,
} from '../../agent/system/configuration.ts';
import { documents } from '../../build/documents.ts';
import { line } from '../../build/roff.ts';
import { settings } from '../../build/settings.ts';

const repository = join(import.meta.dirname, '../..');

describe('documents that are made', () => {
  it.each(Object.entries(documents()))('%s is up to date; else run node build/documents.ts', (path, text) => {
    expect(readFileSync(join(repository, path), 'utf8')).toBe(text);
  });

  it.each([
    'docs/lx-agent.8',
    'docs/completions/_lx-agent',
    'docs/completions/lx-agent.fish',
    'docs/completions/lx-agent.bash',
  ])('%s names every option of every command, and every step', (path) => {
    const text = documents()[path]?.replaceAll('\\-', '-');
    for (const { options } of commands) for (const { name } of options) expect(text).toContain(name);
    for (const { name } of steps) expect(text).toContain(name);
  });

  it('escape what a macro would take for its own', () => {
    expect(line('.x \\n --root')).toBe('\\&.x \\en \\-\\-root');
    expect(line("'quoted'")).toBe("\\&'quoted'");
  });
});

describe('the settings in the manual page', () => {
  const read = (value: (setting: (typeof settings)[number]) => string): Configuration => {
    const text = settings
      .map((setting) => `[${setting.section}]\n${setting.key} = ${value(setting)}\n`)
      .join('');
    const warnings: string[] = [];
    const configuration = readConfiguration({ readText: () => text }, (warning) => warnings.push(warning));
    expect(warnings).toEqual([]);
    return configuration;
  };

  it('have the defaults that the program has', () => {
    expect(read((setting) => setting.default)).toEqual(defaultConfiguration);
  });

  it('are all that the program reads', () => {
    const changed = read((setting) => setting.example);
    for (const section of ['early', 'late', 'hooks', 'network'] as const)
      for (const [key, value] of Object.entries(defaultConfiguration[section]))
        expect(Object.entries(changed[section]), `${section}.${key} is not documented`).not.toContainEqual([
          key,
          value,
        ]);
  });
});

describe.each([
  ['README.md', ['status', 'doctor', 'run', 'timeline', 'metadata', 'image check']],
  ['docs/operators.md', ['run', 'explain', 'logs', 'collect', 'history']],
  ['docs/image-builders.md', ['image install', 'image prepare', 'image check', 'image rules']],
])('%s', (path, named) => {
  const text = readFileSync(join(repository, path), 'utf8');

  it('shows only command lines that are understood', () => {
    const lines = text
      .split('\n')
      .flatMap((each) => /^ {4}(?:RUN )?lx-agent ([^#<|&]*)/.exec(each)?.[1] ?? []);
    expect(lines.length).toBeGreaterThan(3);
    for (const each of lines) expect(() => parseArguments(each.trim().split(/\s+/))).not.toThrow();
  });

  it.each(named)('names lx-agent %s', (name) => {
    expect(text).toContain(`lx-agent ${name}`);
  });
});
