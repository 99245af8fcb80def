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
])('names the line of %j, and the default holds', (text, expected) => {
  const { configuration, warnings } = read(text);
  expect(configuration).toEqual(defaultConfiguration);
  expect(warnings).toEqual([expect.stringMatching(expected)]);
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
