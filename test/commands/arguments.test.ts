import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments, seconds, UsageError } from '../../agent/commands/arguments.ts';
import { commands } from '../../agent/commands/table.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean));

describe('a command line that is right', () => {
  it.each([
    ['run', { name: 'run', operands: [] }],
    ['run hostname resolvers', { name: 'run', operands: ['hostname', 'resolvers'] }],
    ['run --dry-run hostname', { name: 'run', operands: ['hostname'], flags: new Set(['dry-run']) }],
    ['run -nf', { name: 'run', flags: new Set(['dry-run', 'force']) }],
    ['run --stage early', { name: 'run', values: new Map([['stage', 'early']]) }],
    ['run --root=/mnt --root /mnt/2', { name: 'run', values: new Map([['root', '/mnt/2']]) }],
    ['metadata get sdc:uuid', { name: 'metadata get', operands: ['sdc:uuid'] }],
    ['metadata put key -- --value', { name: 'metadata put', operands: ['key', '--value'] }],
    [
      'image check --root / --only a,b --only c',
      { name: 'image check', lists: new Map([['only', ['a', 'b', 'c']]]) },
    ],
    ['--help', { name: 'help', operands: [] }],
    ['image check --help', { name: 'help', operands: ['image', 'check'] }],
    ['run --help', { name: 'help', operands: ['run'] }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  it('gives seconds as a number', () => {
    expect(seconds(parse('metadata list --deadline 2.5'), 'deadline')).toBe(2.5);
    expect(seconds(parse('metadata list'), 'deadline')).toBeUndefined();
  });
});

describe('a command line that is wrong says so in one line, and where to look', () => {
  it.each([
    ['', 'no command given; see lx-agent --help'],
    ['rum', 'there is no command "rum"; see lx-agent --help'],
    ['--rum', 'there is no option "--rum"; see lx-agent --help'],
    ['image', 'image needs a verb; use lx-agent image install|uninstall|prepare|unprepare|check|rules'],
    [
      'image chek',
      'there is no verb "chek"; use lx-agent image install|uninstall|prepare|unprepare|check|rules',
    ],
    ['image check', 'image check: --root DIR is missing; see lx-agent help image check'],
    ['run --dry', 'run: there is no option "--dry"; see lx-agent help run'],
    ['run --root', 'run: --root needs a value, DIR; see lx-agent help run'],
    ['run --root --json', 'run: --root needs a value, DIR; see lx-agent help run'],
    ['run --root=', 'run: --root needs a value, DIR; see lx-agent help run'],
    ['run --json=yes', 'run: --json takes no value; see lx-agent help run'],
    [
      'run --stage middle',
      'run: --stage must be one of early, late, all, not "middle"; see lx-agent help run',
    ],
    ['metadata get', 'metadata get: KEY is missing; see lx-agent help metadata get'],
    ['metadata get a b', 'metadata get: unexpected argument "b"; see lx-agent help metadata get'],
    [
      'metadata list --deadline soon',
      'metadata list: --deadline must be a number of seconds, not "soon"; see lx-agent help metadata list',
    ],
  ])('%s', (line, message) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ message }));
    expect(() => parse(line)).toThrow(UsageError);
  });

  it('whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        try {
          expect(commands.map(({ name }) => name)).toContain(parseArguments(words).name);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          expect(String(error)).not.toMatch(/[\u0000-\u001f]/);
        }
      }),
    );
  });
});
