import { describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from '../../agent/commands/arguments.ts';
import { commandHelp, programHelp, run } from '../../agent/commands/help.ts';
import { commands } from '../../agent/commands/table.ts';
import { capturedIo } from '../support/captured-io.ts';

const help = async (line: string) => {
  const io = capturedIo();
  expect(await run(parseArguments(line.split(' ')), io)).toBe(0);
  return io.said.stdout;
};

describe('help', () => {
  it('of the program names every command', async () => {
    await expect(await help('--help')).toMatchFileSnapshot('golden/help.txt');
    for (const { name, summary } of commands)
      expect(programHelp()).toMatch(`  ${name.padEnd(16)} ${summary}`);
  });

  it('of one command', async () => {
    await expect(await help('run --help')).toMatchFileSnapshot('golden/help-run.txt');
    await expect(await help('help image prepare')).toMatchFileSnapshot('golden/help-image-prepare.txt');
  });

  it('of a group lists its verbs', async () => {
    await expect(await help('help metadata')).toMatchFileSnapshot('golden/help-metadata.txt');
  });

  it('of a command that is not there is a usage error', async () => {
    await expect(run(parseArguments(['help', 'run', 'away']), capturedIo())).rejects.toThrow(UsageError);
  });

  it.each(commands)('of $name fits a terminal and has examples and exit statuses', (command) => {
    const text = commandHelp(command);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toContain('Examples:\n  ');
    expect(text).toContain('Exit status:\n  0');
  });

  it.each(commands.flatMap((command) => command.examples.map((example) => ({ example }))))(
    'gives an example that is understood: $example.command',
    ({ example }) => {
      const [, ...words] = example.command.replace(/^RUN /, '').replace(/ <.*/, '').split(' ');
      expect(() => parseArguments(words)).not.toThrow();
    },
  );
});
