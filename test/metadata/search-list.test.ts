import { expect, it } from 'vitest';
import type { Answer } from '../../agent/metadata/answer.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { searchList } from '../../agent/metadata/search-list.ts';

it.each([
  ['', []],
  ['local', []],
  ['LOCAL', []],
  ['local example.com', ['example.com']],
  ['example.com local.example', ['example.com', 'local.example']],
])('of the domains %j short names are looked up in %j', (text, domains) => {
  const answers = new Map<string, Answer>([
    ['sdc:dns_domain', { status: 'found', value: Buffer.from(text) }],
  ]);
  expect(searchList(decodeInstance(answers))).toEqual(domains);
});
