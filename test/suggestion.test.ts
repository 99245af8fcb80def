import { describe, expect, it } from 'vitest';
import { parseArguments } from '../agent/commands/arguments.ts';
import { sayError } from '../agent/commands/error-text.ts';
import { commands } from '../agent/commands/table.ts';
import { steps } from '../agent/steps/order.ts';
import { suggestion } from '../agent/suggestion.ts';
import { capturedIo } from './support/captured-io.ts';

describe('a suggestion for an unknown word', () => {
  const words = [...commands.map(({ name }) => name), ...steps.map(({ name }) => name)];

  it.each([
    ['rum', 'run'],
    ['satus', 'status'],
    ['docotr', 'doctor'],
    ['Status', 'status'],
    ['user-scrip', 'user-script'],
    ['hostnmae', 'hostname'],
    ['resolvers', 'resolver'],
    ['timel', 'timeline'],
  ])('of %s is %s', (word, meant) => {
    expect(suggestion(word, words)).toBe(meant);
  });

  it.each(['', 'x', 'start', 'completely-different', 'u', 'x'.repeat(10_000)])('of %s is none', (word) => {
    expect(suggestion(word, words)).toBeUndefined();
  });
});

describe('an error names what was meant', () => {
  const say = async (line: string) => {
    const io = capturedIo();
    try {
      const invocation = parseArguments(line.split(' '));
      const { run } = await commandOf(invocation.name);
      return { status: await run(invocation, io), ...io.said };
    } catch (error) {
      return { status: sayError(error, false, io), ...io.said };
    }
  };
  const commandOf = (name: string) => {
    if (name === 'help') return import('../agent/commands/help.ts');
    if (name === 'run') return import('../agent/commands/run.ts');
    return import('../agent/commands/image.ts');
  };

  it.each([
    ['rum', 'there is no command "rum"; see lx-agent --help (did you mean run?)'],
    ['--verison', 'there is no option "--verison"; see lx-agent --help (did you mean --version?)'],
    ['metadata gte x', 'use lx-agent metadata get|list|put|delete (did you mean get?)'],
    ['run --dryrun', 'see lx-agent help run (did you mean --dry-run?)'],
    ['run --stage erly', 'see lx-agent help run (did you mean early?)'],
    ['run hostnme', '(did you mean hostname?)'],
    ['help sttus', '(did you mean status?)'],
    ['image check --root / --skip claen', '(did you mean clean?)'],
  ])('%s', async (line, message) => {
    expect(await say(line)).toEqual({ status: 3, stdout: '', stderr: expect.stringContaining(message) });
  });
});
