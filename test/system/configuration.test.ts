import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultConfiguration, readConfiguration } from '../../agent/system/configuration.ts';

function read(text: string | undefined) {
  const warnings: string[] = [];
  return {
    configuration: readConfiguration({ readText: () => text }, (line) => warnings.push(line)),
    warnings,
  };
}

it('has its defaults without a file', () => {
  expect(read(undefined)).toEqual({ configuration: defaultConfiguration, warnings: [] });
});

it('reads every setting, whatever ends the lines', () => {
  const text = `\uFEFF; ours
[steps]
hostname = off
resolver = off
resolver = on
[early]
metadata_deadline = 5
operator_script_deadline = 60
[late]
metadata_deadline = 7
user_script_deadline = 3600
[hooks]
deadline = 9
[network]
renderer = networkd ; pinned
policy = full
`;
  for (const end of ['\n', '\r\n', '\r'])
    expect(read(text.replaceAll('\n', end))).toEqual({
      configuration: {
        stepsOff: new Set(['hostname']),
        early: { metadataDeadline: 5, operatorScriptDeadline: 60 },
        late: { metadataDeadline: 7, userScriptDeadline: 3600 },
        hooks: { deadline: 9 },
        network: { renderer: 'networkd', policy: 'full' },
      },
      warnings: [],
    });
});

it.each([
  ['[early]\nmetadata_deadline = soon', /:2: error: metadata_deadline = soon/],
  ['[late]\nuser_script_deadline = 0', /:2: error: /],
  ['[steps]\nhostname = perhaps', /:2: error: .*on or off/],
  ['[network]\nrenderer = none at all', /:2: error: /],
  ['[network]\npolice = full', /:2: warning: unknown key police/],
  ['\n[elsewhere]\nx = 1', /:2: warning: unknown section \[elsewhere\]/],
  ['x = 1', /:1: warning: unknown key x outside any section/],
])('names the line of %j, and the default applies', (text, expected) => {
  const { configuration, warnings } = read(text);
  expect(configuration).toEqual(defaultConfiguration);
  expect(warnings).toEqual([expect.stringMatching(expected)]);
});

it.each([
  [new Error('/etc/lx-agent.ini: too large'), /^\/etc\/lx-agent\.ini: too large/],
  [new Error('too large'), /^\/etc\/lx-agent\.ini: too large/],
])('has its defaults where the file cannot be read, and says why (%s)', (error, expected) => {
  const warnings: string[] = [];
  const readText = () => {
    throw error;
  };
  expect(readConfiguration({ readText }, (line) => warnings.push(line))).toEqual(defaultConfiguration);
  expect(warnings).toEqual([expect.stringMatching(expected)]);
});

it.each([
  ['[steps]\nhostnam = off', 'hostnam', ['hostname', 'resolver']],
  ['[steps]\nhostname = of', 'of', ['on', 'off']],
  ['[network]\npolicy = ful', 'ful', ['auto', 'hands-off', 'full']],
  ['[hooks]\ndeadlin = 4', 'deadlin', ['deadline']],
  ['[late]\nuser_script_dealine = 4', 'user_script_dealine', ['metadata_deadline', 'user_script_deadline']],
  [
    'deadlin = 4',
    'deadlin',
    [
      ...['metadata_deadline', 'operator_script_deadline', 'user_script_deadline', 'deadline'],
      ...['renderer', 'policy'],
    ],
  ],
  ['[hook]\ndeadline = 4', 'hook', ['steps', 'early', 'late', 'hooks', 'network']],
  [
    'deadline = soon',
    'deadline',
    expect.arrayContaining(['metadata_deadline', 'deadline', 'renderer', 'policy']),
  ],
])('the unknown word of %j comes with the words that it may have meant', (text, word, known) => {
  const heard: unknown[] = [];
  const steps = ['hostname', 'resolver'];
  readConfiguration({ readText: () => text }, (_, unknown) => heard.push(unknown), steps);
  expect(heard).toEqual([{ word, known }]);
});

it.each(['off', 'no', 'false', 'OFF', 'No'])('%s turns a step off', (word) => {
  expect(read(`[steps]\nhostname = ${word}`).configuration.stepsOff).toEqual(new Set(['hostname']));
});

it.each(['on', 'yes', 'true', 'ON', 'Yes'])('%s turns a step on again', (word) => {
  const { configuration, warnings } = read(`[steps]\nhostname = off\nhostname = ${word}`);
  expect(configuration.stepsOff).toEqual(new Set());
  expect(warnings).toEqual([]);
});

it.each(['0', '-1', '1.5', '5s', 'x5', '0x10', '1000000'])('a deadline of %s is none', (value) => {
  const { configuration, warnings } = read(`[hooks]\ndeadline = ${value}`);
  expect(configuration).toEqual(defaultConfiguration);
  expect(warnings).toHaveLength(1);
});

it('a deadline may be a second, and a week at most', () => {
  expect(read('[hooks]\ndeadline = 1').configuration.hooks.deadline).toBe(1);
  expect(read('[hooks]\ndeadline = 604800').configuration.hooks.deadline).toBe(604_800);
  expect(read('[hooks]\ndeadline = 604801').configuration).toEqual(defaultConfiguration);
});

it('a word without a value has no effect, and its line is named', () => {
  const { configuration, warnings } = read('[steps]\nhostname');
  expect(configuration).toEqual(defaultConfiguration);
  expect(warnings).toEqual([expect.stringMatching(/:2: error: hostname: .* = /)]);
});

it.each([
  '[ hooks ]  ',
  '  [hooks]',
  '\t[hooks]',
  '[hooks] ; how long they may take',
  '[hooks]# how long they may take',
])('%j begins a section', (header) => {
  const { configuration, warnings } = read(`${header}\ndeadline = 9`);
  expect(configuration.hooks.deadline).toBe(9);
  expect(warnings).toEqual([]);
});

it('a warning shows at most 60 characters of a word, and none that could confuse a terminal', () => {
  const { warnings } = read(`[${'\u001b'.repeat(80)}]`);
  expect(warnings).toEqual([expect.stringMatching(/\[\?{60}\]/)]);
});

it('survives any text', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('[steps]', '[a.b]', '[__proto__]', '[]', 'a[] = 1', '=', '"'),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      for (const warning of read(lines.join('\n')).warnings) expect(warning).toMatch(/^[ -~]+$/);
    }),
  );
});
